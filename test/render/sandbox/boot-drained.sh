#!/bin/sh
# What a boot leaves of a gateway that is drained, and what systemd starts then, in its order.
set -u
for unit in keepalived gatebox-vip-health haproxy; do
  systemctl stop "$unit.service"
done
nft delete table inet gatebox_drained
rm -rf /run/gatebox/vip/* /run/gatebox/draining
for unit in gatebox-drained haproxy gatebox-vip-health keepalived; do
  systemctl start "$unit.service"
done
