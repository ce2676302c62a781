#!/bin/sh
# Can the sources of the staged tree $TREE be run here? Changes nothing.
. ../shell/fail.sh

[ -d /var/lib/prometheus/node-exporter ] ||
  fail 'this host has no directory /var/lib/prometheus/node-exporter, which node exporter brings: make it first (NodeExporters)'
for program in "$TREE"/scripts/collect "$TREE"/sources/*.pl; do
  words=$(perl -c "$program" 2>&1) || fail "Perl refuses ${program#"$TREE"/}: $words"
done
