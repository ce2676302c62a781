#!/bin/sh
# Stops the service, because its assembly is being removed, or was never in force; no later boot starts it.
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${assembly:?}" "${unit:?}"
if systemctl cat "$unit" >/dev/null 2>&1; then
  systemctl --quiet disable "$unit" || true
  timeout 30 systemctl stop "$unit" || true
fi
rm -rf "/run/gatebox/$assembly"
