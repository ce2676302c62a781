#!/bin/sh
# Are the sources asked from now on?
. ../shell/fail.sh

for unit in gatebox-metrics.timer gatebox-metrics.path; do
  systemctl is-active --quiet "$unit" || fail "$unit is not active"
done
