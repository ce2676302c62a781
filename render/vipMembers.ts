/**
 * How the members of a virtual IP come to know each other and part, one host after the other, without two holders.
 *
 * Adverts go by unicast, and members are changed one at a time, the holder last. In between, some know of a change and
 * others do not: whoever is not told of the holder would take the address beside it.
 *
 * - *Joining.* A host to which an address is new, or which has another number or own address than before, is held back
 *   (FAULT) if somebody has the address, until it hears the holder: then the holder tells it of itself.
 * - *Leaving.* A host goes on telling, and believing, those that were its peers before the last change of its peers. They
 *   are changed or removed later than itself.
 */
import { vipKept, vipTree } from "./keepalived.ts";

/** Functions of the shell for `lifecycle/activate`, which calls `part` and `hold_back` before keepalived is told. */
export const membersChange = `kept=${vipKept}

# Sets name, address, interface, own and peers of the virtual IPs of the tree $1, one at a call of the function $2.
each_vip() { # TREE FUNCTION
  for file in "\${1:-/nonexistent}"/keepalived/vips/*.address; do
    [ -e "$file" ] || continue
    read -r name address interface own peers <"$file"
    "$2"
  done
}

# Keeps those that were peers until now and are none any more, for keepalived to read among the peers.
part() {
  [ -e "$kept/$name.peers" ] || : >"$kept/$name.peers"
  read -r _ _ _ _ before 2>/dev/null <"\${PREVIOUS:-/nonexistent}/keepalived/vips/$name.address" || return 0
  [ "$before" != "$peers" ] || return 0
  for peer in $before; do
    case " $peers $own " in *" $peer "*) ;; *) echo "$peer min_ttl 255 max_ttl 255" ;; esac
  done >"$kept/$name.peers"
}

# What members must agree on to hear each other.
agreed() { # TREE
  sed -n 's/^ *virtual_router_id //p' "$1/keepalived/vips/$name.conf" 2>/dev/null
  cut -d ' ' -f 2-4 "$1/keepalived/vips/$name.address" 2>/dev/null
}

# Holds the virtual IP back if that is another than before, and somebody has the address. A holder gives it up for that,
# and has it again if nobody else takes it.
hold_back() {
  [ -n "$peers" ] && [ "$(agreed "$CURRENT")" != "$(agreed "\${PREVIOUS:-/nonexistent}")" ] || return 0
  echo 1 >"$kept/$name.joining"
  answers_within 3 || echo 0 >"$kept/$name.joining" &
}
`;

/**
 * A function of the shell: whether another host answers for `$address` on `$interface`. Each try takes 0.3 s at most.
 * Whatever is sent to an IPv6 address makes the kernel ask for its neighbour; what it knew may be out of date.
 */
export const answersWithin = `# Whether another host answers for $address on $interface.
answers_within() { # TRIES
  tries=0
  while [ "$tries" -lt "$1" ]; do
    tries=$((tries + 1))
    case $address in
    *:*)
      ip -6 neighbour del "\${address%/*}" dev "$interface" 2>/dev/null || true
      printf x | timeout 1 socat -u - "UDP6-SENDTO:[\${address%/*}]:9,so-bindtodevice=$interface" 2>/dev/null || true
      sleep 0.3
      ! ip -6 neighbour show to "\${address%/*}" dev "$interface" | grep -q lladdr || return 0
      ;;
    *) ! timeout 0.3 arping -q -c 1 -f -I "$interface" "\${address%/*}" >/dev/null 2>&1 || return 0 ;;
    esac
  done
  return 1
}
`;

/**
 * `scripts/join`: lets a virtual IP that is held back take part when this host hears its holder, or when nobody has it: not
 * one answer to three questions, each after four adverts of silence, which is longer than another host takes to have it. Ends
 * when none is held back. It goes on after a boot.
 */
export function vipJoin(): string {
  return `#!/bin/sh
# Ends the holding back of each virtual IP NAME for which NAME.joining is 1.
set -u
kept=${vipKept}

${answersWithin}
# The beginning of an advert of the virtual IP, as od writes it; of an IPv4 address the whole.
advert() {
  printf '^ 31 %02x ([1-9a-f].|.[1-9a-f])' "$router"
  case $address in
  *:*) ;;
  *)
    echo "\${address%/*}" | tr . ' ' | {
      read -r a b c d
      printf ' 01 .. .. .. .. %02x %02x %02x %02x' "$a" "$b" "$c" "$d"
    }
    ;;
  esac
}

# Whether an advert comes within the time of four.
hears_holder() {
  case $address in
  *:*) from="IP6-RECV:112,bind=[$own]" width=24 ;;
  *) from="IP4-RECV:112,bind=$own" width=12 ;;
  esac
  timeout "$window" socat -u "$from" - 2>/dev/null | od -An -v -tx1 "-w$width" | grep -qE "$(advert)"
}

told_of() { # NAME
  read -r _ address interface own _ 2>/dev/null <"${vipTree}/keepalived/vips/$1.address" || return 1
  set -- "${vipTree}/keepalived/vips/$1.conf"
  router=$(sed -n 's/^ *virtual_router_id //p' "$1")
  window=$(awk '$1 == "advert_int" { print 4 * $2 }' "$1")
}

join() { # NAME
  silent=0 why=''
  # For as long as this run lasts: systemd ends the one that waits for these ("$$"), and may begin another.
  while [ -z "$why" ] && kill -0 "$$" 2>/dev/null && grep -qx 1 "$kept/$1.joining" 2>/dev/null && told_of "$1"; do
    if hears_holder; then
      why='its holder is heard'
    elif answers_within 1; then
      silent=0
    elif ip -o address show dev "$interface" up 2>/dev/null | grep -qF " $own/"; then
      silent=$((silent + 1))
      [ "$silent" -lt 3 ] || why='nobody has it'
    else
      sleep 0.3
    fi
  done
  [ -n "$why" ] || return 0
  echo 0 >"$kept/$1.joining"
  echo "virtual IP $1: this host takes part, for $why"
}

for file in "$kept"/*.joining; do
  [ -e "$file" ] || continue
  file=\${file##*/}
  join "\${file%.joining}" &
done
wait
`;
}
