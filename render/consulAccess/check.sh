#!/bin/sh
# Can the staged tree $TREE be used here? Changes nothing.
. ../shell/fail.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${schedule:?}" "${keep:?}"
! command -v systemd-analyze >/dev/null || timeout 10 systemd-analyze calendar "$schedule" >/dev/null 2>&1 ||
  fail "consul.snapshots.schedule, $schedule, is no time that systemd knows: systemd-analyze calendar '$schedule'"
