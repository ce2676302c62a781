#!/bin/sh
# Stops the name server, because its assembly is being removed, or was never in force; no later boot starts it. The leases stay.
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${unit:?}" "${lease_directory:?}"
if systemctl cat "$unit" >/dev/null 2>&1; then
  systemctl --quiet disable "$unit" || true
  timeout 30 systemctl stop "$unit" || true
fi
rm -rf /run/gatebox/dns
if [ -s "$lease_directory/leases" ]; then
  echo "the leases stay in $lease_directory"
else
  rm -f "$lease_directory/leases"
  rmdir --ignore-fail-on-non-empty "$lease_directory" 2>/dev/null || true
fi
