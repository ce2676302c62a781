#!/bin/sh
# Does nginx serve $CURRENT, and does nobody else on this host keep clients from it?
. ../shell/fail.sh
. ../shell/every.sh
. ../shell/way_in.sh
. ../nginx/serves.sh

# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${probe_name:?}" "${clients_interface:?}" "${clients_address:?}"
# First, for it says who is in the way.
[ -z "${client:-}" ] || require_way 'requests of clients' "$clients_interface" input "$client" "$clients_address" 80 443

try_every 0.2 20 nginx_serves /run/gatebox/webserver "$probe_name" || fail "$wrong"
