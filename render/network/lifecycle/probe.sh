#!/bin/sh
# Is the network of this host what $CURRENT declares? Each interface has its addresses and the default route stands; virtual IPs
# that this host held before it was changed are still here. Waits for 6 s and more: duplicate address detection of IPv6 takes
# one or two.
notes=/run/gatebox/network
before=/var/lib/gatebox/network/before

. ../../shell/fail.sh
. ../../shell/until.sh
. ../shell/address.sh
. ../shell/default_routes.sh

# Each check leaves in $wrong what is not (yet) as it should be.
interfaces_have_addresses() {
  while read -r name mac addresses; do
    wrong="there is no interface $name that is up"
    ip link show dev "$name" up 2>/dev/null | grep -q . || return 1
    wrong="the interface $name does not have the hardware address $mac"
    ip link show dev "$name" | grep -qi "$mac" || return 1
    for address in $addresses; do
      wrong="the interface $name does not have the address $address"
      has "$name" "$address" || return 1
    done
  done <"$CURRENT/interfaces.list"
}

default_route_stands() {
  while read -r via name _; do
    in_use=$(default_routes "$(family_of "$via")" | head -n 1)
    wrong="the default route is '$in_use' instead of '$via $name'"
    [ "$in_use" = "$via $name" ] || return 1
  done <"$CURRENT/default.list"
}

virtual_ips_stay() {
  [ -f "$notes/held" ] || return 0
  while read -r address; do
    wrong="the virtual IP $address, which this host held, is gone"
    ip -o address show to "${address%/*}" | grep -q . || return 1
  done <"$notes/held"
}

files_are_ours() {
  while read -r source place _; do
    wrong="$place is not what was written"
    cmp -s "$CURRENT/$source" "$place" || return 1
  done <"$CURRENT/files.list"
}

settings_hold() {
  while read -r key _ value; do
    case $key in '#'* | '') continue ;; esac
    has=$(cat "/proc/sys/$(echo "$key" | tr . /)" 2>/dev/null) || has=''
    wrong="the setting $key is '$has' instead of $value"
    [ "$has" = "$value" ] || return 1
  done <"$CURRENT/sysctl/network.conf"
}

networkd_runs() {
  wrong='systemd-networkd is not running'
  systemctl is-active --quiet systemd-networkd.service
}

network_stands() {
  networkd_runs && interfaces_have_addresses && default_route_stands && virtual_ips_stay && files_are_ours && settings_hold
}

try_until 30 0.2 network_stands || fail "$wrong"
rm -f "$before" "$notes/held"
