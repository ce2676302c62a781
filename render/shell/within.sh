# shellcheck shell=sh
# Runs COMMAND until it succeeds, for SECONDS at most, however long each try takes: the runtime ends a step after a minute, and
# what a check leaves in $wrong would not be said.
try_within() { # SECONDS COMMAND...
  try_end=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt "$try_end" ] || return 1
    sleep 0.5
  done
}
