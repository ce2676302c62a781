#!/bin/sh
# Gives the host's containerd back, because its assembly is being removed, or was never in force: with the files that stood
# there before. One that was somebody else's, or ran before, runs on with those; one that came with the assembly is stopped. Its
# containers run on.
. ./foreign.sh
unit=containerd.service

others=$(replaced)
if [ -e "$ran_before" ]; then others="$others $unit"; fi
rm -f "$ran_before"
leave_places
rm -f "/etc/systemd/system/$unit.d/gatebox.conf"
systemctl daemon-reload || true
if systemctl cat "$unit" >/dev/null 2>&1; then
  if [ -n "$others" ]; then
    timeout 60 systemctl restart "$unit"
  else
    systemctl --quiet disable "$unit" || true
    timeout 60 systemctl stop "$unit" || true
  fi
fi
rm -rf /run/gatebox/container-runtime
