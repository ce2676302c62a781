#!/bin/sh
# Stops what the web server runs, because its base is being removed; no later boot starts it. The trial pair stays: it is data.
. ../nginx/stop.sh
. ../frozen/run.sh

stop_frozen gatebox-frozen-webserver.service
stop_nginx
systemctl stop gatebox-stalled-webserver.service 2>/dev/null || true
systemctl stop var-lib-nginx.mount 2>/dev/null || true
rm -rf /run/gatebox/webserver
