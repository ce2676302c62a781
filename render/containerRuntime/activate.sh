#!/bin/sh
# Makes containerd run as $CURRENT declares. It is started again only where what it reads at its start is another; pods live on.
. ../shell/fail.sh
. ../shell/reload_units.sh
. ../shell/started_at_boot.sh
. ./foreign.sh
. ./started_with.sh
notes=/run/gatebox/container-runtime
unit=containerd.service

mkdir -p "$notes"
if [ -z "$PREVIOUS" ] && ! [ -e "$notes/started-with" ] && systemctl is-active --quiet "$unit"; then
  mkdir -p "${ran_before%/*}"
  : >"$ran_before"
fi
take_places
reload_units
systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
note_start_at_boot "$notes/started-with" started_with
if ! systemctl is-active --quiet "$unit" || [ "$(started_with "$CURRENT")" != "$(cat "$notes/started-with" 2>/dev/null)" ]; then
  since=$(date +%s)
  timeout 60 systemctl restart "$unit" || {
    journalctl --quiet --no-pager --output cat --unit "$unit" --since "@$since" --lines 20 >&2 2>/dev/null || true
    fail "$unit does not start"
  }
  started_with "$CURRENT" >"$notes/started-with"
fi
