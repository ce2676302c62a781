#!/bin/sh
# Makes the service run as $CURRENT declares: started again only when its drop-in's [Service] part is another one.
. ../shell/fail.sh
. ../shell/service_part.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${assembly:?}" "${unit:?}"
notes=/run/gatebox/$assembly

mkdir -p "$notes"
if [ -z "$PREVIOUS" ] || ! cmp -s "$CURRENT/systemd/service.conf" "$PREVIOUS/systemd/service.conf"; then
  systemctl daemon-reload
fi
systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
if ! systemctl is-active --quiet "$unit" ||
  ! service_part "$CURRENT/systemd/service.conf" | cmp -s - "$notes/started-with"; then
  since=$(date +%s)
  timeout 60 systemctl restart "$unit" || {
    journalctl --quiet --no-pager --output cat --unit "$unit" --since "@$since" --lines 20 >&2 2>/dev/null || true
    fail "$unit does not start"
  }
  service_part "$CURRENT/systemd/service.conf" >"$notes/started-with"
fi
