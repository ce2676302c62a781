#!/bin/sh
# Has the sources of $CURRENT asked from now on. Nothing is asked here: one of them waits for transactions, this one included.
. ../shell/fail.sh
. ../shell/reload_units.sh
told=/var/lib/prometheus/node-exporter

mkdir -p /run/gatebox/metrics
reload_units
for unit in gatebox-metrics.timer gatebox-metrics.path; do
  systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
  if [ -n "$PREVIOUS" ] && cmp -s "$CURRENT/systemd/$unit" "$PREVIOUS/systemd/$unit" && systemctl is-active --quiet "$unit"; then
    continue
  fi
  timeout 20 systemctl restart "$unit" || fail "$unit does not start"
done
if [ -n "$PREVIOUS" ]; then
  while read -r name _; do
    grep -q "^$name " "$CURRENT/sources.list" || rm -f "$told/gatebox_$name.prom"
  done <"$PREVIOUS/sources.list"
fi
