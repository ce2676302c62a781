#!/bin/sh
# Loads the firewall cut short after each of its LINES lines, then garbage, then nothing, in the place LIVE. Prints where the
# host is left open.
lines=$1 live=$2
for last in $(seq 0 "$((lines - 1))"); do
  nft -f /etc/gatebox-closed/closed.nft
  head -n "$last" /run/whole >/run/cut
  nft -f /run/cut 2>/dev/null || true
  nft -t list table inet gatebox_closed >/dev/null 2>&1 || echo "open after line $last"
  ! nft -t list table inet gatebox_firewall >/dev/null 2>&1 || nft delete table inet gatebox_firewall
done
echo garbage >"$live"
! systemctl start gatebox-firewall.service 2>/dev/null || echo 'started with garbage'
: >"$live"
! systemctl start gatebox-firewall.service 2>/dev/null || echo 'started with nothing'
