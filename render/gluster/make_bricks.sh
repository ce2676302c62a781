# shellcheck shell=sh
# Makes the bricks of a list: all file systems first, then one wait until they are mounted, then the directories. Needs fail.sh,
# brick_device.sh and empty_device.sh.

# Whether mkfs.xfs was cut off on a device: XFS says so itself, in the byte sb_inprogress.
unfinished() { # DEVICE
  [ "$(dd if="$1" bs=1 skip=126 count=1 status=none 2>/dev/null | od -An -tu1 | tr -d ' ')" = 1 ]
}

make_file_system() { # UUID DEVICE LEAST
  own_device=$(brick_device "$1" "$2")
  if [ -z "$own_device" ]; then
    fault=$(device_fault "$2" "$3")
    [ -z "$fault" ] || fail "$2 $fault"
    timeout 50 mkfs.xfs -q -K -i size=512 -m "uuid=$1" "$2" || fail "mkfs.xfs of $2 failed"
  elif unfinished "$own_device"; then
    # It has our UUID and was never mounted: nothing but our own attempt is on it.
    timeout 50 mkfs.xfs -f -q -K -i size=512 -m "uuid=$1" "$own_device" || fail "mkfs.xfs of $own_device failed"
  fi
}

# Calls COMMAND VOLUME PLACE UUID DEVICE LEAST for each brick of a list.
each_brick() { # LIST COMMAND
  while read -r volume place uuid device least; do
    [ -z "$volume" ] || "$2" "$volume" "$place" "$uuid" "$device" "$least" </dev/null
  done <"$1"
}

file_system_of() { # VOLUME PLACE UUID DEVICE LEAST
  [ "$4" = - ] || mountpoint -q "$2" || make_file_system "$3" "$4" "$5"
}

directory_of() { # VOLUME PLACE UUID DEVICE LEAST
  [ "$4" = - ] || mountpoint -q "$2" || fail "the brick of $1 is not mounted at $2"
  mkdir -p "$2/brick"
}

make_bricks() { # LIST MOUNT-SCRIPT
  each_brick "$1" file_system_of
  sh "$2" "$1" || fail 'not all bricks of this host can be mounted'
  each_brick "$1" directory_of
}
