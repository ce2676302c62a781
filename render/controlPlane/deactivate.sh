#!/bin/sh
# Stops the load balancer of the API, because its base is being removed; no later boot starts it.
if systemctl cat gatebox-control-plane.service >/dev/null 2>&1; then
  systemctl --quiet disable gatebox-control-plane.service || true
  timeout 30 systemctl stop gatebox-control-plane-sessions.service || true
  timeout 30 systemctl stop gatebox-control-plane.service || true
fi
rm -rf /run/gatebox/control-plane
