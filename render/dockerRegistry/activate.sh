#!/bin/sh
# Makes the registry run as $CURRENT declares. It is started again only where what it reads at its start is another: another
# password is none of that.
. ../shell/fail.sh
. ../shell/reload_units.sh
. ../shell/service_part.sh
. ../shell/started_at_boot.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${storage:?}"
notes=/run/gatebox/registry
unit=docker-registry.service
timer=gatebox-registry-gc.timer

# A number for all that it reads when it starts. What its uploads are signed with follows the password, and may be older.
started_with() { # TREE
  {
    cat "$1/registry/config.yml"
    service_part "$1/systemd/docker-registry.conf"
    ! [ -f "$1/auth/environment" ] || echo 'with a signature'
  } | sha256sum | cut -d ' ' -f 1
}

mkdir -p "$notes"
if ! [ -d "$storage" ]; then mkdir -p "$storage"; fi
if [ -z "$(ls -A "$storage")" ]; then chown docker-registry: "$storage"; fi
reload_units
systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
note_start_at_boot "$notes/started-with" started_with
if ! systemctl is-active --quiet "$unit" || [ "$(started_with "$CURRENT")" != "$(cat "$notes/started-with" 2>/dev/null)" ]; then
  since=$(date +%s)
  timeout 100 systemctl restart "$unit" || {
    journalctl --quiet --no-pager --output cat --unit "$unit" --since "@$since" --lines 20 >&2 2>/dev/null || true
    fail "$unit does not start"
  }
  started_with "$CURRENT" >"$notes/started-with"
else
  sh "$CURRENT/scripts/users.sh"
fi
systemctl is-enabled --quiet "$timer" || systemctl --quiet enable "$timer"
# A timer that runs goes by the time that it was started with.
if [ -z "$PREVIOUS" ] || ! cmp -s "$CURRENT/systemd/$timer" "$PREVIOUS/systemd/$timer"; then systemctl restart "$timer"; fi
systemctl start "$timer"
