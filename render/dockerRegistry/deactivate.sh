#!/bin/sh
# Stops the registry, because its assembly is being removed, or was never in force; no later boot starts it. Its images stay.
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${storage:?}"
for unit in gatebox-registry-gc.timer gatebox-registry-gc.service docker-registry.service; do
  systemctl cat "$unit" >/dev/null 2>&1 || continue
  case $unit in *-gc.service) ;; *) systemctl --quiet disable "$unit" || true ;; esac
  timeout 100 systemctl stop "$unit" || true
done
rm -rf /run/gatebox/registry /run/docker-registry /run/gatebox-registry-gc.environment
[ -z "$(ls -A "$storage" 2>/dev/null)" ] || echo "the registry's images stay in $storage"
