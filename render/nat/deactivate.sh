#!/bin/sh
# Stops what the NAT gateway runs, because its base is being removed, or was never in force. conntrackd stops, forwarding stops
# and the rules go, in this order: with the rules gone it would forward without any. Then the settings are what they were before
# this host became a NAT gateway, forwarding too, which others may need (containers, say). Rules that have locked the operator
# out go in any case: nothing before them may end it.
. ./sysctl.sh
. ../conntrackd/synced.sh
. ../conntrackd/stop.sh

stop_conntrackd .
sysctl --quiet net.ipv4.ip_forward=0
systemctl stop gatebox-nat.service 2>/dev/null || true
! nft -t list table inet gatebox_nat >/dev/null 2>&1 || nft delete table inet gatebox_nat

restore_settings ''
rm -rf /run/gatebox/nat "$sysctl_backup" "$sysctl_backup.new"
