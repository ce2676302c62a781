#!/bin/sh
# Prints what `gatebox status` wants to know of a host, a fact in a line, from "gatebox-status 1" to "end". It arrives by standard
# input, runs as root, and changes nothing: of each assembly it runs the probe, which only asks.
set -u
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH

live=${GATEBOX_ROOT:-}/etc/gatebox
state=${GATEBOX_ROOT:-}/var/lib/gatebox

# Seconds for a probe: one that fails tries for about as long. Those of a host that is well take a tenth of it.
probe_limit=8

# The last line of what a program has said, short and without what would end the line.
last_line() {
  tail -n 1 | tr -d '\000-\037\177' | cut -c 1-300
}

probe() { # ASSEMBLY TREE
  said=$(CURRENT=$2 TREE=$2 timeout -k 1 "$probe_limit" "$2/lifecycle/probe" 2>&1 </dev/null)
  case $? in
  0) echo "serves $1" ;;
  124 | 137) echo "fails $1 no answer within $probe_limit s" ;;
  *) echo "fails $1 $(printf '%s\n' "$said" | last_line)" ;;
  esac
}

# One after the other: a host has other things to do.
assemblies() {
  for link in "$live"/*; do
    tree=$(readlink -f "$link") || continue
    if [ ! -L "$link" ] || [ ! -d "$tree" ]; then continue; fi
    name=${link##*/}
    echo "assembly $name $(stat -c %Y "$link")"
    [ ! -e "$state/$name/journal" ] || echo "interrupted $name"
    if [ -x "$tree/lifecycle/probe" ]; then probe "$name" "$tree"; else echo "serves $name"; fi
  done
}

addresses() {
  timeout 2 ip -o address show | awk '$3 == "inet" || $3 == "inet6" { sub(/\/.*/, "", $4); print "address", $4 }'
}

# The alerts of the host's own Prometheus, as it says them: one line of JSON.
alerts() {
  settings=$live/prometheus/lifecycle/settings
  [ -r "$settings" ] || return 0
  # shellcheck source=/dev/null
  url=$(. "$settings" && echo "http://${address:?}:${port:?}${path:?}") &&
    said=$(curl -sS -m 3 --max-filesize 262144 "${url%/}/api/v1/alerts" 2>&1)
  case $? in
  0) echo "alerts $(printf '%s' "$said" | tr -d '\n')" ;;
  *) echo "no-alerts $(printf '%s\n' "$said" | last_line)" ;;
  esac
}

echo 'gatebox-status 1'
echo "clock $(date +%s)"
addresses
alerts
assemblies
echo end
