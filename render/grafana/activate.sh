#!/bin/sh
# Makes Grafana run as $CURRENT declares. It is started again only where something that it reads at its start is another; other
# dashboards it sees by itself, and another password it is told.
. ../shell/fail.sh
. ../shell/reload_units.sh
. ../shell/service_part.sh
. ../shell/started_at_boot.sh
. ../shell/within.sh
. ./api.sh
. ./version.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${unit:?}" "${home:?}" "${address:?}" "${port:?}" "${path:?}" "${data:?}"
notes=/run/gatebox/grafana

# A number for all that it reads at its start.
started_with() { # TREE
  {
    service_part "$1/systemd/service.conf"
    cat "$1/grafana/grafana.ini" "$1"/grafana/provisioning/*/*.yaml "$1/secrets/secret-key"
  } 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

last_words() {
  journalctl --quiet --no-pager --output cat --unit "$unit" --since "@$since" --lines 20 >&2 2>/dev/null || true
}

mkdir -p "$notes"
reload_units
systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
if ! [ -f "$CURRENT/secrets/admin-password" ] || ! [ -f "$CURRENT/secrets/secret-key" ]; then
  echo 'Grafana starts when its secrets are here'
  exit 0
fi
note_start_at_boot "$notes/started-with" started_with
since=$(date +%s)
if ! systemctl is-active --quiet "$unit" || [ "$(started_with "$CURRENT")" != "$(cat "$notes/started-with" 2>/dev/null)" ]; then
  timeout 60 systemctl restart "$unit" || {
    last_words
    fail "$unit does not start"
  }
else
  sh "$CURRENT/scripts/prepare.sh"
fi
try_within 200 grafana_is_up || {
  last_words
  fail "Grafana does not answer on http://$address:$port${path}api/health that it has its database"
}
started_with "$CURRENT" >"$notes/started-with"
grafana_version >"$data/gatebox-version"

# Its database keeps the password of its first start. One try: for wrong ones it locks the user out for minutes.
if ! grafana_api user >/dev/null; then
  said=$(runuser -u grafana -- "$home/bin/grafana" cli --homepath "$home" --config "$CURRENT/grafana/grafana.ini" \
    admin reset-admin-password --password-from-stdin <"$CURRENT/secrets/admin-password" 2>&1) ||
    fail "Grafana does not take the password of admin: $(printf '%s' "$said" | tr -d '\000-\010\013-\037\177' | tail -n 3 | cut -c 1-400)"
fi
