# shellcheck shell=sh
# Runs COMMAND until it succeeds, TRIES times at most, every PAUSE seconds. A check leaves in $wrong what is not (yet) as it
# should be.
try_until() { # TRIES PAUSE COMMAND...
  tries_left=$1 pause=$2
  shift 2
  until "$@"; do
    tries_left=$((tries_left - 1))
    [ "$tries_left" -gt 0 ] || return 1
    sleep "$pause"
  done
}
