#!/bin/sh
# Stops GlusterFS on this host, because it is no longer declared here, or never was in force. What is on the bricks stays, and
# so does what glusterd knows (/var/lib/glusterd): declared again, the volumes are there again.
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${serves:?}"
left=/srv/gatebox/bricks/README

# What glusterd has started here: Gatebox's bricks, and what heals and moves their files. Not the clients, which are the mounts',
# and nobody else's bricks.
processes() {
  for process in /proc/[0-9]*; do
    case $({ tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null) in
    */glusterfsd\ *'--brick-name /srv/gatebox/bricks/'* | */glusterfs\ *'--process-name glustershd'* | */glusterfs\ *'--process-name rebalance'*) echo "${process#/proc/}" ;;
    esac
  done
}

stop_processes() {
  # shellcheck disable=SC2046 # numbers
  kill -TERM $(processes) 2>/dev/null || :
  tries=0
  until [ -z "$(processes)" ] || [ "$tries" -ge 20 ]; do
    sleep 0.5
    tries=$((tries + 1))
  done
  # shellcheck disable=SC2046 # numbers
  kill -KILL $(processes) 2>/dev/null || :
}

# A process that was killed holds its files for a moment longer, and so does who measures file systems.
unmount() { # PLACE
  tries=0
  while mountpoint -q "$1" && ! timeout 20 umount "$1" 2>/dev/null && [ "$tries" -lt 20 ]; do
    sleep 0.5
    tries=$((tries + 1))
  done
  ! mountpoint -q "$1" || echo "$1 stays mounted: something on this host uses it (fuser -vm $1 names it)" >&2
}

if [ "$serves" = yes ]; then
  for unit in gatebox-gluster-metrics.timer gatebox-clock.socket glusterd.service gatebox-bricks.service; do
    systemctl --quiet disable "$unit" 2>/dev/null || :
    timeout 30 systemctl stop "$unit" 2>/dev/null || :
  done
  stop_processes
  rm -f /usr/lib/*/glusterfs/peer_gatebox_bricks /usr/libexec/glusterfs/peer_gatebox_bricks
  if [ -s "$TREE/bricks.list" ]; then
    mkdir -p "${left%/*}"
    echo 'Gatebox no longer runs GlusterFS here, and has deleted nothing. The bricks:' >"$left"
  fi
  while read -r volume place uuid device _; do
    [ -n "$volume" ] || continue
    unmount "$place"
    where="$device, file system $uuid, directory brick"
    [ "$device" != - ] || where="$place/brick"
    echo "$volume: $where" >>"$left"
    logger -t gatebox "data of the shared volume $volume stay on this host: $where" 2>/dev/null || :
  done <"$TREE/bricks.list"
  rm -f /var/lib/prometheus/node-exporter/gatebox_gluster.prom
fi
[ "${1:-}" != servers-part ] || exit 0
if [ "$(readlink /usr/lib/ssl/glusterfs.key)" = /var/lib/gatebox/keys/gluster.pem ]; then rm -f /usr/lib/ssl/glusterfs.key; fi
rm -f /var/lib/glusterd/secure-access
rm -rf /run/gatebox/gluster
