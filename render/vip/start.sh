#!/bin/sh
# Runs keepalived in the foreground.
set -eu
mkdir -p /run/gatebox/vip
cat /etc/gatebox/vip/systemd/keepalived.conf /etc/gatebox/vip/scripts/start >/run/gatebox/vip/keepalived.started-with
if awk '$2 == 11 && $3 == 0 { found = 1 } END { exit !found }' /proc/net/netlink; then
  set -- -i events
else
  set -- -i silent
fi
exec /usr/sbin/keepalived --dont-fork --dont-respawn --vrrp "$@" --log-console --no-syslog \
  --use-file /etc/gatebox/vip/keepalived/keepalived.conf \
  --pid /run/gatebox/vip/keepalived.pid --vrrp_pid /run/gatebox/vip/vrrp.pid
