#!/bin/sh
# Ends connections to servers that no longer receive what is sent to them.
set -u
# shellcheck source=/dev/null
. "${0%/*}/stalled.settings"
: "${process:?}" "${servers_network:?}"
# The kernel gives these ports to connections that are made from here.
first=$(cut -f 1 /proc/sys/net/ipv4/ip_local_port_range)
servers="dst $servers_network and sport >= :$first"

# Sets sent_again: how many segments this host has sent again so far, on all its connections.
count_sent_again() {
  sent_again=''
  while read -r protocol _ _ _ _ _ _ _ _ _ _ _ value _; do
    # Of the two lines the first is a heading.
    [ "$protocol" != Tcp: ] || sent_again=$value
  done </proc/net/snmp
}

before=''
while sleep 0.2; do
  # A connection comes to the state that is looked for by sending again. A look takes two programs, five times a second.
  count_sent_again
  [ "$sent_again" != "$before" ] || continue
  before=$sent_again
  ss -Hnto state established "$servers" |
    awk '{ split($NF, timer, /[(,)]/) } timer[1] == "timer:" && timer[2] == "on" && timer[4] >= 2 { print $3, $4 }' |
    while read -r local peer; do
      # Asked only now: it takes a look at all processes.
      ss -Hntp state established "src $local and dst $peer" | grep -qF "((\"$process\"," || continue
      echo "$peer does not receive what $local sends; ending the connection"
      ss -HntK state established "src $local and dst $peer" >/dev/null
    done
done
