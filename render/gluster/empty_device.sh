# shellcheck shell=sh
# Looks whether a device is empty. One that is not is never written to. Needs brick_device.sh.

# Why the device cannot become a brick: a clause that follows its name; nothing where it can.
device_fault() { # DEVICE LEAST-GIB
  [ -e "$1" ] || { echo 'is missing: attach it, or write the name that "lsblk" shows'; return; }
  [ -b "$1" ] || { echo 'is no block device'; return; }
  device_path=$(readlink -f "$1")
  block=/sys/class/block/${device_path##*/}
  numbers=$(cat "$block/dev" 2>/dev/null) || { echo 'is unknown to the kernel'; return; }
  mounted=$(awk -v numbers="$numbers" '$3 == numbers { print $5; exit }' /proc/self/mountinfo)
  [ -z "$mounted" ] || { echo "is mounted at $mounted"; return; }
  if grep -q "^${device_path}[[:blank:]]" /proc/swaps; then echo 'is swap space'; return; fi
  for holder in "$block"/holders/*; do
    [ ! -e "$holder" ] || { echo "is part of ${holder##*/}"; return; }
  done
  for part in "$block"/*/partition; do
    [ ! -e "$part" ] || { echo 'has partitions: name one of them that is empty, or another device'; return; }
  done
  table=$(signature_of "$1" PTTYPE)
  [ -z "$table" ] || { echo "has a partition table ($table): name a device that is empty"; return; }
  found=$(signature_of "$1" TYPE)
  [ -z "$found" ] || { echo "has data ($found): name a device that is empty; \"wipefs\" would lose what is on it"; return; }
  bytes=$(timeout 10 blockdev --getsize64 "$1") || { echo 'cannot be read'; return; }
  [ "$bytes" -ge $(($2 * 1073741824)) ] || { echo "has $((bytes / 1073741824)) GiB, and at least $2 are declared"; return; }
  # XFS itself wants no less.
  [ "$bytes" -ge 314572800 ] || { echo 'is smaller than 300 MiB, and XFS takes no less'; return; }
  blank "$1" 0 && blank "$1" $((bytes / 1048576 - 4)) ||
    echo 'has data (no file system that blkid knows, but not zeros either): name a device that is empty'
}

# Whether 4 MiB of the device are zeros.
blank() { # DEVICE MIB
  dd if="$1" bs=1M skip="$2" count=4 status=none 2>/dev/null | cmp -s -n 4194304 - /dev/zero
}
