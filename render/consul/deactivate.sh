#!/bin/sh
# Has this host leave the cluster and stops Consul, because its assembly is being removed, or was never in force; no later boot
# starts it. What it knows stays.
. ./leave.sh
if systemctl cat consul.service >/dev/null 2>&1; then
  systemctl --quiet disable consul.service || true
  leave_cluster "$TREE"
  timeout 60 systemctl stop consul.service || true
  # Consul says that it failed when it is stopped.
  systemctl --quiet reset-failed consul.service 2>/dev/null || true
fi
rm -rf /run/gatebox/consul /run/gatebox-consul
[ -z "$(ls -A /opt/consul 2>/dev/null)" ] || echo "Consul's data stay in /opt/consul"
