#!/bin/sh
# Makes the service run as $CURRENT declares: started again only when its drop-in's [Service] part is another one.
. ../shell/fail.sh
. ../shell/service_part.sh
. ../shell/started_at_boot.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${assembly:?}" "${unit:?}"
notes=/run/gatebox/$assembly

started_with() { # TREE
  service_part "$1/systemd/service.conf"
}

mkdir -p "$notes"
if [ -z "$PREVIOUS" ] || ! cmp -s "$CURRENT/systemd/service.conf" "$PREVIOUS/systemd/service.conf"; then
  systemctl daemon-reload
fi
systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
note_start_at_boot "$notes/started-with" started_with
if ! systemctl is-active --quiet "$unit" ||
  ! started_with "$CURRENT" | cmp -s - "$notes/started-with"; then
  since=$(date +%s)
  timeout 60 systemctl restart "$unit" || {
    journalctl --quiet --no-pager --output cat --unit "$unit" --since "@$since" --lines 20 >&2 2>/dev/null || true
    fail "$unit does not start"
  }
  started_with "$CURRENT" >"$notes/started-with"
fi
