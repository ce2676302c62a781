#!/bin/sh
# Can the volumes of the staged tree $TREE be mounted where it says? Changes nothing.
. ../shell/fail.sh
. ./mounted.sh

# Whether a volume is mounted there by what is live now.
ours() { # UNIT PLACE
  [ -f "$CURRENT/mounts.list" ] && grep -q "^$1 $2 " "$CURRENT/mounts.list"
}

while read -r unit place kind what _; do
  [ -n "$unit" ] || continue
  if ours "$unit" "$place"; then continue; fi
  found=$(mounted_at "$place")
  case $found in
  '' | "fuse.glusterfs $what") ;;
  *) fail "$found is mounted at $place already, where the volume $what is to be: unmount it, or write another mountPoint" ;;
  esac
  if [ -z "$found" ] && [ -d "$place" ] && [ -n "$(ls -A "$place")" ]; then
    fail "$place has files in it, which the volume $what would hide: move them away, or write another mountPoint"
  fi
  if [ -e "$place" ] && ! [ -d "$place" ]; then fail "$place is no directory"; fi
  if [ "$kind" = local ] && [ -e "$what" ] && ! [ -d "$what" ]; then fail "$what is no directory"; fi
done <"$TREE/mounts.list"
