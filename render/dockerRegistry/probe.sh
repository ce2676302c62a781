#!/bin/sh
# Does the registry answer as $CURRENT declares, is its storage well, and does it keep strangers out?
. ../shell/fail.sh
. ../shell/until.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${address:?}" "${port:?}" "${health_port:?}"

status_of() { # CURL'S ARGUMENTS...
  curl -s --noproxy '*' -m 3 -o /dev/null -w '%{http_code}' "$@" || :
}

answers() {
  wrong='docker-registry.service is not running'
  systemctl is-active --quiet docker-registry.service || return 1
  wrong="the registry's storage is not well: $(curl -s --noproxy '*' -m 3 "http://127.0.0.1:$health_port/debug/health" | tr -d '\000-\037\177' | cut -c 1-200)"
  [ "$(status_of "http://127.0.0.1:$health_port/debug/health")" = 200 ] || return 1
  status=$(status_of "http://$address:$port/v2/")
  wrong="the registry answers $status on http://$address:$port/v2/ to somebody without a password, not 401"
  # That will not mend itself.
  [ "$status" != 200 ] || fail "$wrong"
  [ "$status" = 401 ] || return 1
  [ -f "$CURRENT/auth/users" ] || return 0
  wrong='the registry does not let its own user in'
  # The password stands on no command line.
  [ "$(sed 's/["\\]/\\&/g; s/.*/user = "&"/' "$CURRENT/auth/users" | status_of -K - "http://$address:$port/v2/")" = 200 ]
}
try_until 50 0.2 answers || fail "$wrong"
