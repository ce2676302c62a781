#!/bin/sh
# Logs in by token as the probe does, with the file $1, at a registry that sends for tokens to $2: says what fails. Each address that is
# asked with the password stands in the file $3.
set -eu
realm=$2 asked=$3
# shellcheck disable=SC2034 # it is for login.sh: there is no proxy
CURRENT=/nonexistent
# Answers as curl does: 401 with the realm to whoever comes without a password, 200 to others.
curl() {
  answer=401
  while [ "$#" -gt 1 ]; do
    case $1 in
    -D) printf 'HTTP/1.1 401\r\nWWW-Authenticate: Bearer realm="%s",service="box"\r\n' "$realm" >"$2" ;;
    -o) : >"$2" ;;
    -K) ! grep -q '^user = ' "$2" || answer=200 ;;
    esac
    shift
  done
  [ "$answer" = 401 ] || echo "$1" >>"$asked"
  printf %s "$answer"
}
# shellcheck source=/dev/null
. ../shell/fail.sh
# shellcheck source=/dev/null
. ./login.sh
require_login "$1"
