#!/bin/sh
# Does the service answer as $CURRENT declares?
. ../shell/fail.sh
. ../shell/until.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${unit:?}" "${address:?}" "${port:?}" "${path:?}"

answers() {
  wrong="$unit is not running"
  systemctl is-active --quiet "$unit" || return 1
  wrong="$unit does not answer on http://$address:$port$path"
  [ "$(curl -s -m 3 -o /dev/null -w '%{http_code}' "http://$address:$port$path")" = 200 ]
}
try_until 30 0.2 answers || fail "$wrong"
