#!/bin/sh
# Makes the name server run as $CURRENT declares. It is started again only where its unit or dnsmasq.conf is another; names,
# servers and leases it reads again, and goes on meanwhile.
. ../shell/fail.sh
. ../shell/reload_units.sh
. ../shell/service_part.sh
. ../shell/started_at_boot.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${unit:?}"
notes=/run/gatebox/dns

started_with() { # TREE
  service_part "$1/systemd/$unit"
  cat "$1/dnsmasq.conf"
}

loaded() { # TREE
  cat "$1/servers" "$1/hosts" "$1/leases"
}

mkdir -p "$notes"
reload_units
systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
note_start_at_boot "$notes/started-with" started_with
note_start_at_boot "$notes/loaded" loaded
if ! systemctl is-active --quiet "$unit" || ! started_with "$CURRENT" | cmp -s - "$notes/started-with"; then
  timeout 60 systemctl restart "$unit" || fail "$unit does not start"
elif ! loaded "$CURRENT" | cmp -s - "$notes/loaded"; then
  timeout 30 systemctl reload "$unit" || fail "$unit does not reload"
fi
started_with "$CURRENT" >"$notes/started-with"
loaded "$CURRENT" >"$notes/loaded"
