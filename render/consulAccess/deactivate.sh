#!/bin/sh
# Takes no more snapshots, because the assembly is being removed, or was never in force. Those that there are stay, and so do
# policies and tokens, which go with Consul's data.
for unit in gatebox-consul-snapshot.timer gatebox-consul-snapshot.service; do
  systemctl cat "$unit" >/dev/null 2>&1 || continue
  case $unit in *.timer) systemctl --quiet disable "$unit" || true ;; esac
  timeout 60 systemctl stop "$unit" || true
done
[ -z "$(ls -A /var/backups/gatebox-consul 2>/dev/null)" ] || echo "Consul's snapshots stay in /var/backups/gatebox-consul"
