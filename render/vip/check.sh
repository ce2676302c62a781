#!/bin/sh
# Is the staged tree $TREE fit to be served? Changes nothing. keepalived's own checker reads the whole of it. Refused is also
# what no checker sees: an interface or an own address that is not there, an address that does not belong on its interface, and
# an address that is new to this host and that a stranger has already. (A peer that was set up before this host is no stranger:
# the answer comes from a peer's hardware address.)
. ../shell/fail.sh
. ./who_has.sh

# keepalived wants to see the scripts where the configuration says they are: in the tree to be checked.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/vips" "$copy/kept"
for file in keepalived/keepalived.conf keepalived/vips/*.conf; do
  sed "s#/etc/gatebox/vip/#$TREE/#g; s#include /var/lib/gatebox/vip/kept/#include $copy/kept/#" "$file" >"$copy/${file#keepalived/}"
done
for file in keepalived/vips/*.address; do
  one=${file##*/}
  : >"$copy/kept/${one%.address}.peers"
done
for events in events silent; do
  output=$(keepalived --config-test --config-id "$events" --use-file "$copy/keepalived.conf" 2>&1) || {
    printf '%s\n' "$output" | sed "s#$copy/#keepalived/#g; s#$TREE/#/etc/gatebox/vip/#g" >&2
    fail 'keepalived refuses the configuration'
  }
done

for file in keepalived/vips/*.address; do
  [ -e "$file" ] || continue
  read -r name address interface own peers <"$file"
  vip=${address%/*}
  ip link show dev "$interface" >/dev/null 2>&1 || fail "virtual IP $name: this host has no interface $interface"
  ip -o address show dev "$interface" | grep -qF " $own/" ||
    fail "virtual IP $name: the interface $interface does not have the address $own"
  ! cat "${CURRENT:-/etc/gatebox/vip}"/keepalived/vips/*.address 2>/dev/null | cut -d ' ' -f 2,3 | sed 's#/[0-9]* # #' |
    grep -qxF "$vip $interface" || continue
  [ -z "$(ip -o address show to "$vip")" ] ||
    fail "virtual IP $name: this host has the address $vip already, and not from keepalived; remove it"
  route=$(ip -o route get "$vip" 2>&1) || fail "virtual IP $name: $route"
  case $route in
  *' via '* | *' unreachable '*) fail "virtual IP $name: $vip is not in the subnet of the interface $interface: $route" ;;
  *" dev $interface "*) ;;
  *) fail "virtual IP $name: $vip is reached by another interface than $interface: $route" ;;
  esac
  holder=$(who_has "$vip" "$interface")
  [ -n "$holder" ] || continue
  known=''
  for peer in $peers; do
    [ "$(who_has "$peer" "$interface")" != "$holder" ] || known=1
  done
  [ -n "$known" ] || fail "virtual IP $name: $vip is in use already, by $holder on $interface; it is none of: $peers. Is that a host which leaves the pool? Hand its addresses over first, with sh /etc/gatebox/vip/scripts/drain on it"
done
