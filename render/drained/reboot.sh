#!/bin/sh
# Reboots this host, a moment after it has said so.
set -u
. ./places.sh
echo 'gatebox-reboot 1'
setsid sh -c 'sleep 1; systemctl reboot' </dev/null >/dev/null 2>&1 &
echo end
