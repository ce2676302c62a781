#!/bin/sh
# A server of GlusterFS in namespaces of its own, with what it writes kept in memory: its TLS files come from DIRECTORY. Its
# interface `lan` is plugged in from outside. Says "ready", and ends with this process.
set -eu
directory=$1
mount -t tmpfs tmpfs /run
cp -a /usr/lib/ssl /run/ssl
cp "$directory"/glusterfs.* /run/ssl/
mount --bind /run/ssl /usr/lib/ssl
for place in /var/lib/glusterd /var/log/glusterfs /srv; do
  mkdir -p "$place"
  mount -t tmpfs tmpfs "$place"
done
# Attributes of GlusterFS' own (trusted.*) are taken by tmpfs of today's kernels, and by nothing that is an overlay.
: >/var/lib/glusterd/secure-access
# What Gatebox has beside glusterd's own programs.
for programs in /usr/lib/*/glusterfs; do
  mkdir -p /run/programs/upper /run/programs/work
  mount -t overlay overlay -o "lowerdir=$programs,upperdir=/run/programs/upper,workdir=/run/programs/work" "$programs"
  cp "$directory/own-bricks.sh" "$programs/peer_gatebox_bricks"
  chmod 755 "$programs/peer_gatebox_bricks"
  # Geo-replication, which nothing here has: glusterd would start Python five times for it at each of its own starts.
  rm "$programs/gsyncd"
done
ip link set lo up
echo ready
until ip -o -4 address show dev lan 2>/dev/null | grep -q .; do sleep 0.05; done
# As systemd does, and sooner; /run/stopped stands for a unit that was stopped.
while :; do
  if [ ! -e /run/stopped ] && ! kill -0 "$(cat /run/glusterd.pid 2>/dev/null)" 2>/dev/null; then
    rm -f /run/glusterd.pid /run/glusterd.socket
    glusterd --volfile="$directory/glusterd.vol" --pid-file=/run/glusterd.pid --log-level=INFO || :
  fi
  sleep 0.5
done
