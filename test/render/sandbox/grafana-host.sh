#!/bin/sh
# Puts into a sandbox what the vendor's package of Grafana would: HOME, a directory with bin/grafana, at its place, the unit, the
# user, and directories that are the user's.
set -eu
home=$1
for one in share lib/systemd/system; do
  mkdir -p "/run/.kept/usr/$one/upper" "/run/.kept/usr/$one/work"
  mount -t overlay overlay -o "lowerdir=/usr/$one,upperdir=/run/.kept/usr/$one/upper,workdir=/run/.kept/usr/$one/work" "/usr/$one"
done
mkdir -p /usr/share/grafana
mount --bind -o ro "$home" /usr/share/grafana
useradd --system --no-create-home --home-dir /usr/share/grafana --shell /bin/false grafana
install -d -o grafana -g grafana -m 0755 /var/lib/grafana /var/log/grafana
cat >/usr/lib/systemd/system/grafana-server.service <<'END'
[Service]
User=grafana
Type=simple
Restart=on-failure
ExecStart=/usr/share/grafana/bin/grafana server --packaging=deb
END
