# shellcheck shell=sh
# How the members of a virtual IP come to know each other and part, one host after the other, without two holders. Adverts go
# by unicast, and members are changed one at a time, the holder last. In between, some know of a change and others do not:
# whoever does not know the holder would take the address beside it.
#
# Joining: a host to which an address is new, or which has another number or own address than before, is held back (FAULT) if
# somebody has the address, until it hears the holder: then the holder sends it its adverts.
# Leaving: a host goes on sending to, and believing, those that were its peers before the last change of its peers. They are
# changed or removed later than itself.
#
# Needs `answers_within`.
kept=/var/lib/gatebox/vip/kept

# Sets name, address, interface, own and peers of the virtual IPs of the tree, one at a call of the function.
each_vip() { # TREE FUNCTION
  for file in "${1:-/nonexistent}"/keepalived/vips/*.address; do
    [ -e "$file" ] || continue
    # shellcheck disable=SC2034 # they are for the function
    read -r name address interface own peers <"$file"
    "$2"
  done
}

# Keeps those that were peers until now and are none any more, for keepalived to read among the peers.
part() {
  [ -e "$kept/$name.peers" ] || : >"$kept/$name.peers"
  read -r _ _ _ _ before 2>/dev/null <"${PREVIOUS:-/nonexistent}/keepalived/vips/$name.address" || return 0
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
  [ -n "$peers" ] && [ "$(agreed "$CURRENT")" != "$(agreed "${PREVIOUS:-/nonexistent}")" ] || return 0
  echo 1 >"$kept/$name.joining"
  answers_within 3 || echo 0 >"$kept/$name.joining" &
}
