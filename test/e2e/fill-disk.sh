#!/bin/sh
# Puts a file system of its own in the place of Gatebox' directory, with all that is in there and no room for more.
set -e
mkdir /run/full
mount -t tmpfs -o size=8m full /run/full
cp -a /var/lib/gatebox/. /run/full/
mount --bind /run/full /var/lib/gatebox
umount /run/full
rmdir /run/full
! dd if=/dev/zero of=/var/lib/gatebox/ballast bs=4k count=4096 2>/dev/null
