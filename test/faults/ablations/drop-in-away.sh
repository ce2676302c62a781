#!/bin/sh
# Takes away what drop-in.sh has given to a service, if it has.
set -u
unit=$1
rm -f "/run/systemd/system/$unit.service.d/zz-ablation.conf"
systemctl daemon-reload
