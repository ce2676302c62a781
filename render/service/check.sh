#!/bin/sh
# Is the port of the service in the staged tree $TREE free for it? Changes nothing.
. ../shell/fail.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${unit:?}" "${process:?}" "${address:?}" "${port:?}"

ip -o -4 address show | grep -qF " $address/" || fail "this host does not have the address $address, on which $unit is to listen"
holder=$(ss -Hltnp "sport = :$port" | awk -v address="$address" -v ours="\"$process\"" '
  { where = $4; sub(/:[^:]*$/, "", where) }
  (where == address || where == "*" || where == "0.0.0.0" || where == "[::]") && !index($0, ours) { print $4, $6; exit }
')
[ -z "$holder" ] || fail "$address:$port, where $unit is to listen, is already taken: $holder"
