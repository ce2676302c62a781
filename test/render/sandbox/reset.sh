#!/bin/sh
# What a reset leaves: memory is lost, and the boot makes what the files say.
systemctl stop systemd-networkd.service
for name in gateway-network box-network; do ip address flush dev "$name"; done
rm -rf /run/gatebox
systemctl start systemd-networkd.service
