#!/bin/sh
# Is GitLab ready, as it says itself, with all that it needs, and does its registry keep strangers out?
. ../shell/fail.sh
. ../shell/within.sh
. ./configured.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${address:?}" "${port:?}" "${path=}" "${registry_port=}" "${ready_seconds:?}"

[ -n "$(to_configure "$CURRENT")" ] || exit 0

# Of an address, the status, after it what is said there, printable and short.
ask() { # URL
  curl -s --noproxy '*' -m 10 -w '\n%{http_code}' "$1" | tr -d '\000-\011\013-\037\177' || :
}

ready() {
  wrong='gitlab-runsvdir.service is not running'
  systemctl is-active --quiet gitlab-runsvdir.service || return 1
  url="http://$address:$port$path/-/readiness?all=1"
  answer=$(ask "$url")
  status=$(echo "$answer" | tail -n 1)
  wrong="GitLab is not ready: $url answers $status, $(echo "$answer" | head -n 1 | cut -c 1-300)"
  [ "$status" = 200 ] || return 1
  # What is configured is the tree or, where that waits for a secret, what was in force before, which may have had no registry.
  [ -n "$registry_port" ] && is_whole "$CURRENT" || return 0
  status=$(ask "http://$address:$registry_port/v2/" | tail -n 1)
  wrong="GitLab's registry answers $status on http://$address:$registry_port/v2/ to somebody without a password, not 401"
  [ "$status" = 401 ]
}
try_within "$ready_seconds" ready || fail "$wrong"
