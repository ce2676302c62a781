#!/bin/sh
# Has Consul on the host as its package would: PROGRAM in /usr/bin, UNIT where the stand-in for systemctl looks, a user, and a place.
set -eu
program=$1 unit=$2
mkdir -p /run/more/upper /run/more/work /run/units
mount -t overlay overlay -o lowerdir=/usr/bin,upperdir=/run/more/upper,workdir=/run/more/work /usr/bin
: >/usr/bin/consul
mount --bind "$program" /usr/bin/consul
cp "$unit" /run/units/consul.service
mount -t tmpfs -o mode=0755 tmpfs /opt
useradd --system --home-dir /opt/consul --no-create-home --shell /bin/false consul
mkdir -p /var/lib/gatebox/keys
chmod 0700 /var/lib/gatebox/keys
umask 077
openssl genpkey -algorithm ed25519 -out /var/lib/gatebox/keys/consul.pem
