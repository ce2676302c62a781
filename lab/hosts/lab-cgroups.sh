#!/bin/sh
# Makes the control groups of version 1 writable for containers: each of their hierarchies is a mount of its own.
for each in /sys/fs/cgroup/*/; do
  if mountpoint -q "$each"; then mount -o remount,bind,rw "$each"; fi
done
