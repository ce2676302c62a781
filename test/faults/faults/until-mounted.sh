#!/bin/sh
# Waits, for so many SECONDS, until PLACE is a volume of GlusterFS that answers.
set -u
place=$1
end=$(($(date +%s) + $2))
while [ "$(date +%s)" -lt "$end" ]; do
  if grep -q " $place fuse.glusterfs " /proc/self/mounts && timeout -s KILL 5 stat -f "$place" >/dev/null 2>&1; then exit 0; fi
  sleep 0.2
done
echo "$place is not mounted" >&2
exit 1
