# shellcheck shell=sh
# $notes: the directory of what the steps report to each other; gone after a boot.
: "${notes:?}"

# Prints what stands: settings, and names, addresses (but no virtual IPs) and routes of the interfaces that the tree
# declares. An address of IPv4 that had been leased is among them: whoever renewed the lease may not take it up again.
# Needs interface_of, routes_of and held_virtual_ips.
standing() { # TREE
  if systemctl is-active --quiet systemd-networkd.service; then echo 'networkd active'; fi
  while read -r key _ _; do
    case $key in '#'* | '') ;; *) echo "setting /proc/sys/$(echo "$key" | tr . /) $(sysctl -n "$key")" ;; esac
  done <"$1/sysctl/network.conf"
  while read -r _ mac _; do
    now=$(interface_of "$mac")
    [ -n "$now" ] || continue
    echo "name $mac $now"
    advertised=/proc/sys/net/ipv6/conf/$now/accept_ra
    [ ! -f "$advertised" ] || echo "advertised $mac $(cat "$advertised")"
    ip -4 -o address show dev "$now" scope global | awk -v mac="$mac" '{ print "address", mac, $4 }'
    ip -6 -o address show dev "$now" scope global permanent | awk -v mac="$mac" '{ print "address", mac, $4 }'
    routes_of "$mac" "$now"
  done <"$1/interfaces.list" >"$notes/standing"
  held_virtual_ips >"$notes/moving"
  awk 'FILENAME == ARGV[1] { moving[$1] = 1; next } !($1 == "address" && $3 in moving)' "$notes/moving" "$notes/standing"
  rm -f "$notes/standing" "$notes/moving"
}
