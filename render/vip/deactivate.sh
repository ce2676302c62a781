#!/bin/sh
# Stops the virtual IPs of this host, because their base is being removed: keepalived gives its addresses away and stops.
# Nothing is left for a later boot to start, and the settings are what they were.
. ./sysctl.sh

if systemctl cat keepalived.service >/dev/null 2>&1; then
  systemctl --quiet disable keepalived.service
  timeout 20 systemctl stop keepalived.service
fi
timeout 20 systemctl stop gatebox-vip-watch.service gatebox-vip-health.service gatebox-vip-join.service gatebox-vip-settled.service 2>/dev/null || true
sh scripts/release "$PWD"

restore_settings ''
# What the network of this host, if it is written, wants of the same.
network=/etc/sysctl.d/60-gatebox-network.conf
if [ -e "$network" ]; then sysctl --quiet --load "$network" || true; fi
rm -rf /run/gatebox/vip /var/lib/gatebox/vip/kept "$sysctl_backup" "$sysctl_backup.new"
