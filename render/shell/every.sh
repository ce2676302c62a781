# shellcheck shell=sh
# Runs COMMAND until it succeeds, every PAUSE seconds and for SECONDS at most, however long each try takes: one that asks a program
# which is frozen takes seconds, and the runtime would end the step before a count of tries does. A check leaves in $wrong what is not
# (yet) as it should be.
try_every() { # PAUSE SECONDS COMMAND...
  try_pause=$1 try_end=$(($(date +%s) + $2))
  shift 2
  until "$@"; do
    [ "$(date +%s)" -lt "$try_end" ] || return 1
    sleep "$try_pause"
  done
}
