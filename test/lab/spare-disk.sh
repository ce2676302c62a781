#!/bin/sh
# Tells of DISK: whether it is empty, its bytes, and whether the kernel describes it under the name that it resolves to.
set -u
disk=$1
if blkid -p "$disk" >/dev/null; then echo used; else echo empty; fi
blockdev --getsize64 "$disk"
cat "/sys/class/block/$(basename "$(readlink -f "$disk")")/size" >/dev/null && echo described
