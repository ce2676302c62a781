/** What the host's runtime runs to check the virtual IPs of a host. */
import { vipKept, vipTree } from "./keepalived.ts";

// Whatever is sent to an IPv6 address makes the kernel ask for its neighbour, three times, a second apart; what it knew
// from before may be out of date.
const neighbour6 = `  case $1 in
  *:*)
    ip -6 neighbour del "$1" dev "$2" 2>/dev/null || true
    printf x | timeout 2 socat -u - "UDP6-SENDTO:[$1]:9,so-bindtodevice=$2" 2>/dev/null || true
    tries=0
    until ip -6 neighbour show to "$1" dev "$2" | sed -n 's/.*lladdr \\([0-9a-f:]*\\).*/\\1/p' | grep . || [ "$tries" -ge 20 ]; do
      tries=$((tries + 1))
      sleep 0.05
    done
    return 0
    ;;
  esac
`;

/**
 * `lifecycle/check`: the whole staged tree, with keepalived's own checker. It also refuses what no checker sees: an
 * interface or an own address that is not there, an address that does not belong on its interface, and an address that
 * is new to this host and that a stranger has already. (A peer that was set up before this host is no stranger: the
 * answer comes from a peer's hardware address.)
 */
export function vipCheck(options: { readonly ipv6: boolean }): string {
  return `#!/bin/sh
# Is the staged tree $TREE fit to be served? Changes nothing.
fail() {
  echo "$*" >&2
  exit 1
}

# keepalived wants to see the scripts where the configuration says they are: in the tree to be checked.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/vips" "$copy/kept"
for file in keepalived/keepalived.conf keepalived/vips/*.conf; do
  sed "s#${vipTree}/#$TREE/#g; s#include ${vipKept}/#include $copy/kept/#" "$file" >"$copy/\${file#keepalived/}"
done
for file in keepalived/vips/*.address; do
  one=\${file##*/}
  : >"$copy/kept/\${one%.address}.peers"
done
for events in events silent; do
  words=$(keepalived --config-test --config-id "$events" --use-file "$copy/keepalived.conf" 2>&1) || {
    printf '%s\\n' "$words" | sed "s#$copy/#keepalived/#g; s#$TREE/#${vipTree}/#g" >&2
    fail 'keepalived refuses the configuration'
  }
done

# The hardware address that answers for ADDRESS on INTERFACE; nothing when nobody does.
who_has() { # ADDRESS INTERFACE
${options.ipv6 ? neighbour6 : ""}  timeout 5 arping -c 2 -w 1 -f -I "$2" "$1" 2>/dev/null | sed -n 's/.*\\[\\([0-9A-Fa-f:]*\\)\\].*/\\1/p' | head -n 1
}

for file in keepalived/vips/*.address; do
  [ -e "$file" ] || continue
  read -r name address interface own peers <"$file"
  vip=\${address%/*}
  ip link show dev "$interface" >/dev/null 2>&1 || fail "virtual IP $name: this host has no interface $interface"
  ip -o address show dev "$interface" | grep -qF " $own/" ||
    fail "virtual IP $name: the interface $interface does not have the address $own"
  ! cat "\${CURRENT:-${vipTree}}"/keepalived/vips/*.address 2>/dev/null | cut -d ' ' -f 2,3 | sed 's#/[0-9]* # #' |
    grep -qxF "$vip $interface" || continue
  [ -z "$(ip -o address show to "$vip")" ] ||
    fail "virtual IP $name: this host has the address $vip already, and not from keepalived; remove it"
  route=$(ip -o route get "$vip" 2>&1) || fail "virtual IP $name: $route"
  case $route in
  *' via '* | *' unreachable '*) fail "virtual IP $name: $vip is not in the subnet of the interface $interface: $route" ;;
  *" dev $interface "*) ;;
  *) fail "virtual IP $name: $vip is reached by another interface than $interface: $route" ;;
  esac
${options.ipv6 ? "" : "  case $vip in *:*) continue ;; esac\n"}  holder=$(who_has "$vip" "$interface")
  [ -n "$holder" ] || continue
  known=''
  for peer in $peers; do
    [ "$(who_has "$peer" "$interface")" != "$holder" ] || known=1
  done
  [ -n "$known" ] || fail "virtual IP $name: $vip is in use already, by $holder on $interface; it is none of: $peers. Is that a host which leaves the pool? Hand its addresses over first, with sh ${vipTree}/scripts/drain on it"
done
`;
}
