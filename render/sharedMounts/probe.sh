#!/bin/sh
# Is every volume mounted where $CURRENT declares it, and does it answer?
. ../shell/fail.sh
. ../shell/within.sh
. ./mounted.sh

served() { # UNIT PLACE WHAT
  wrong="$3 is not mounted at $2: $(systemctl show --property Result --value "$1" 2>/dev/null) (journalctl -u $1)"
  [ -n "$(mounted_at "$2")" ] || return 1
  wrong="$3 is mounted at $2, and does not answer within 5 s"
  answers "$2"
}
all_served() {
  while read -r unit place _ what _; do
    [ -z "$unit" ] || served "$unit" "$place" "$what" || return 1
  done <"$CURRENT/mounts.list"
}
try_within 45 all_served || fail "$wrong"
