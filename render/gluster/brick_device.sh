# shellcheck shell=sh
# Finds the device of a brick by the UUID of its file system.

# The first of PLACES... that is the device with the brick's file system, whatever the kernel calls it today; nothing where none is.
brick_device() { # UUID DEVICE
  for candidate in "$2" "/dev/disk/by-uuid/$1" $(timeout 10 blkid -U "$1" 2>/dev/null); do
    [ -b "$candidate" ] || continue
    [ "$(signature_of "$candidate" UUID)" = "$1" ] || continue
    readlink -f "$candidate"
    return
  done
}

# What is written on the device, past the kernel's and blkid's caches.
signature_of() { # DEVICE TAG
  timeout 20 blkid -p -s "$2" -o value "$1" 2>/dev/null || true
}
