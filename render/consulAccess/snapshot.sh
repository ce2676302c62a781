#!/bin/sh
# Takes a snapshot of Consul and keeps the last ones. Restored with: consul snapshot restore FILE (docs/consul.md).
set -eu
tree=/etc/gatebox/consul-access
place=/var/backups/gatebox-consul
# shellcheck source=/dev/null
. "$tree/lifecycle/settings"
umask 077
mkdir -p "$place"
chmod 0700 "$place"
file=$place/consul-$(date -u +%Y%m%dT%H%M%SZ).snap
trap 'rm -f "$file.new"' EXIT
CONSUL_HTTP_ADDR=127.0.0.1:8500 CONSUL_HTTP_TOKEN_FILE=$tree/secrets/management timeout 600 consul snapshot save "$file.new"
timeout 60 consul snapshot inspect "$file.new" >/dev/null
mv "$file.new" "$file"
# Their names are in the order of their times.
find "$place" -name 'consul-*.snap' | sort -r | tail -n "+$((${keep:?} + 1))" | while read -r old; do rm -f "$old"; done
