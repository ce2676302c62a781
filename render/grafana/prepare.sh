#!/bin/sh
# Puts Grafana's secrets where its group, and nobody else, can read them.
set -eu
. ../shell/put_files.sh
tree=/etc/gatebox/grafana
place=/run/gatebox-grafana

# Without them it would let everybody in with a password that all know.
[ -s "$tree/secrets/admin-password" ] && [ -s "$tree/secrets/secret-key" ] || exit 1
umask 027
mkdir -p "$place/secrets"
chgrp grafana "$place" "$place/secrets" && chmod 0750 "$place" "$place/secrets"
put_files "$tree/secrets" "$place/secrets" 0640 grafana
