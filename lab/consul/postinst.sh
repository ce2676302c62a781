#!/bin/sh
# Makes Consul's user, and the directory of its data.
set -eu
[ "$1" = configure ] || exit 0
getent passwd consul >/dev/null || useradd --system --home-dir /opt/consul --no-create-home --shell /bin/false consul
install -d -o consul -g consul -m 0750 /opt/consul
[ ! -d /run/systemd/system ] || systemctl daemon-reload
