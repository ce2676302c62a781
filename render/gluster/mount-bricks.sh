#!/bin/sh
# Mounts the file systems of this host's bricks, each by its UUID. One whose device does not appear within 30 s, which is one wait
# for all, is left out, and said: GlusterFS does not start a brick without its directory.
. ../shell/within.sh
. ./brick_device.sh
list=${1:-/etc/gatebox/gluster/bricks.list}

mounted_by_now() { # PLACE UUID DEVICE
  found=$(brick_device "$2" "$3")
  # nouuid: hosts that share a kernel, as containers do, may have bricks of the same name in two boxes.
  [ -n "$found" ] && mkdir -p "$1" && timeout 30 mount -t xfs -o nouuid,noatime,nodev,nosuid,noexec "$found" "$1"
}

# Tries each brick that is not mounted, and leaves in $missing what is to be said of those that still are not.
all_mounted() {
  missing=''
  while read -r volume place uuid device _; do
    if [ -z "$volume" ] || [ "$device" = - ] || mountpoint -q "$place"; then continue; fi
    mounted_by_now "$place" "$uuid" "$device" </dev/null ||
      missing="$missing
the brick of $volume is not mounted: no device has the file system $uuid ($device was declared)"
  done <"$list"
  [ -z "$missing" ]
}

try_within 30 all_mounted || {
  echo "${missing#?}" >&2
  exit 1
}
