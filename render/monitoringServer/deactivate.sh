#!/bin/sh
# Stops the server, because its assembly is being removed, or was never in force; no later boot starts it. What it knows stays.
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${assembly:?}" "${unit:?}" "${storage:?}"
if systemctl cat "$unit" >/dev/null 2>&1; then
  systemctl --quiet disable "$unit" || true
  timeout 80 systemctl stop "$unit" || true
fi
rm -rf "/run/gatebox/$assembly" "/run/gatebox-$assembly"
[ -z "$(ls -A "$storage" 2>/dev/null)" ] || echo "what $assembly knows stays in $storage"
