#!/bin/sh
# Opens the host, because the firewall is being removed, or was never in force. Rules that have locked the operator out go
# first: nothing before them may fail. The units are not stopped: that would stop the programs that require the firewall, and
# closes the host. Settings are what they were before.
. ./sysctl.sh
. ./standing.sh

for table in gatebox_firewall gatebox_closed; do
  ! nft -t list table inet "$table" >/dev/null 2>&1 || nft delete table inet "$table"
done
for unit in $units; do rm -f "$wants/$unit"; done
while read -r _ place _; do
  rm -f "$place" "$place.gatebox-new"
done <files.list
restore_settings ''
rm -rf /run/gatebox/firewall "$sysctl_backup" "$sysctl_backup.new"
rmdir /etc/gatebox-closed 2>/dev/null || true
systemctl daemon-reload
