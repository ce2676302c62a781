#!/bin/sh
# Does nginx serve $CURRENT?
. ../shell/fail.sh
. ../shell/until.sh
. ../nginx/serves.sh

# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${probe_name:?}"

try_until 30 0.2 nginx_serves /run/gatebox/webserver "$probe_name" || fail "$wrong"
