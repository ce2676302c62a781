#!/bin/sh
# Do HAProxy and the border serve $CURRENT? HAProxy runs what was loaded last and that is the current tree, its worker listens
# on every declared port, it answers on its metrics address, and the border has exactly the declared ports. Nobody else on this
# host keeps users from them.
. ../shell/fail.sh
. ../shell/every.sh
. ../shell/way_in.sh
. ../haproxy/distribution.sh
. ../haproxy/listeners.sh
. ../haproxy/serves.sh
. ../border/stands.sh

gateway_serves() {
  haproxy_serves /run/gatebox/gateway && border_stands
}
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${gateway_interface:?}" "${gateway_address:?}"
# First, for it says who is in the way. Of many ports, some: those that are new.
ports_to_try=$(find "$CURRENT/border/ports/" -name '*.nft' -printf '%T@ %f\n' 2>/dev/null | sort -rn | sed 's/^[^ ]* //; s/\.nft$//' | head -n 64)
if [ -n "${gateway_users:-}" ] && [ -n "$ports_to_try" ]; then
  # shellcheck disable=SC2086 # a list
  require_way 'requests of users' "$gateway_interface" input "$gateway_users" "$gateway_address" $ports_to_try
fi
try_every 0.2 20 gateway_serves || fail "$wrong"
