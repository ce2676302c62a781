#!/bin/sh
# Puts a new disk, the loop device with the number MINOR, in the place of the directory STATE, with what is there now. NODE and
# MOUNT are for the meantime: a device node, which may not stand in /run, and where the disk is filled.
set -eu
state=$1
node=$2
mount=$3
minor=$4
# Major number of loop devices in the kernel's list of devices (admin-guide/devices.txt).
loop_major=7
rm -f "$node" && mknod "$node" b "$loop_major" "$minor" && mkdir -p "$mount"
mount -t ext4 "$node" "$mount" && rmdir "$mount/lost+found"
cp -a "$state/." "$mount/" && sync -f "$mount" && umount "$mount"
if mountpoint -q "$state"; then umount "$state"; fi
mount -t ext4 "$node" "$state" && rm -f "$node" && rmdir "$mount"
