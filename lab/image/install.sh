#!/bin/sh
# Installs $PACKAGES in the system at $ROOT, without starting a daemon, or gives it its updates ($APT_VERB dist-upgrade).
# $OVERLAY has the options of an overlay that is to be mounted there first, or nothing. Runs in a mount namespace of its own.
set -eu
[ -z "$OVERLAY" ] || mount -t overlay overlay -o "$OVERLAY" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs tmpfs "$ROOT/run"
mount -t tmpfs tmpfs "$ROOT/tmp"
cp --remove-destination -L /etc/resolv.conf "$ROOT/etc/resolv.conf"
printf 'exit 101\n' >"$ROOT/usr/sbin/policy-rc.d"
chmod 755 "$ROOT/usr/sbin/policy-rc.d"
in_root() { # COMMAND...
  chroot "$ROOT" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"
}
in_root apt-get update
# shellcheck disable=SC2086 # names of packages
in_root apt-get -y --no-install-recommends -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io "$APT_VERB" $PACKAGES
for unit in $DISABLED; do in_root systemctl disable "$unit"; done
for unit in $ENABLED; do in_root systemctl enable "$unit"; done
in_root apt-get clean
rm -f "$ROOT/usr/sbin/policy-rc.d" "$ROOT/etc/resolv.conf"
