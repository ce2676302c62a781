#!/bin/sh
# Does the server answer as $CURRENT declares, and with the configuration that stands there?
. ../shell/fail.sh
. ../shell/until.sh
. ./loaded.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${assembly:?}" "${unit:?}" "${address:?}" "${port:?}" "${path:?}"

answers() {
  wrong="$unit is not running"
  systemctl is-active --quiet "$unit" || return 1
  wrong="$unit does not answer that it is ready on http://$address:$port${path}-/ready"
  [ "$(curl -s --noproxy '*' -m 3 -o /dev/null -w '%{http_code}' "http://$address:$port${path}-/ready")" = 200 ] || return 1
  wrong="$unit goes on with an earlier configuration"
  has_loaded
}
try_until 200 0.5 answers || fail "$wrong"
