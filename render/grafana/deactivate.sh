#!/bin/sh
# Stops Grafana, because its assembly is being removed, or was never in force; no later boot starts it. What it knows stays.
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${unit:?}" "${data:?}"
if systemctl cat "$unit" >/dev/null 2>&1; then
  systemctl --quiet disable "$unit" || true
  timeout 60 systemctl stop "$unit" || true
fi
rm -rf /run/gatebox/grafana /run/gatebox-grafana
! [ -e "$data/grafana.db" ] || echo "what Grafana knows stays in $data"
