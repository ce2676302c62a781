#!/bin/sh
# Stops what the gateway runs, because its base is being removed. Nothing is left for a later boot to start.
. ../haproxy/stop.sh
. ../border/remove.sh
. ../frozen/run.sh

stop_frozen gatebox-frozen-gateway.service
stop_haproxy
systemctl stop gatebox-stalled-gateway.service 2>/dev/null || true
remove_border
rm -rf /run/gatebox/gateway
