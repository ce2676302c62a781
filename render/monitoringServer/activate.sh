#!/bin/sh
# Makes the server run as $CURRENT declares. It is started again only where its drop-in's [Service] part is another one; another
# configuration it reads while it runs, and goes on with its samples and its alerts; another target or secret needs neither.
. ../shell/fail.sh
. ../shell/service_part.sh
. ../shell/reload_units.sh
. ../shell/started_at_boot.sh
. ../shell/until.sh
. ./loaded.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${assembly:?}" "${unit:?}" "${address:?}" "${port:?}" "${path:?}"
notes=/run/gatebox/$assembly

started_with() { # TREE
  service_part "$1/systemd/service.conf"
}

# A number for all that it reads at a SIGHUP.
reads() { # TREE
  (cd "$1/$assembly" && find . -type f | sort | xargs cat | sha256sum | cut -d ' ' -f 1)
}

last_words() {
  journalctl --quiet --no-pager --output cat --unit "$unit" --since "@$since" --lines 20 >&2 2>/dev/null || true
}

read_again() {
  has_loaded && [ "$(loaded_at)" -ge "$since" ]
}

mkdir -p "$notes"
reload_units
systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
note_start_at_boot "$notes/started-with" started_with
note_start_at_boot "$notes/read" reads
since=$(date +%s)
if ! systemctl is-active --quiet "$unit" || ! started_with "$CURRENT" | cmp -s - "$notes/started-with"; then
  timeout 130 systemctl restart "$unit" || {
    last_words
    fail "$unit does not start"
  }
  started_with "$CURRENT" >"$notes/started-with"
else
  sh "$CURRENT/scripts/prepare.sh"
  if [ "$(reads "$CURRENT")" != "$(cat "$notes/read" 2>/dev/null)" ]; then
    timeout 30 systemctl reload "$unit"
    try_until 100 0.3 read_again || {
      last_words
      fail "$unit goes on with the configuration that it had, and does not take this one"
    }
  fi
fi
reads "$CURRENT" >"$notes/read"
