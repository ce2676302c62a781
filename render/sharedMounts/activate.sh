#!/bin/sh
# Mounts what $CURRENT declares, and unmounts what only $PREVIOUS did. A volume that is mounted stays so, whatever its options
# are: they are for the next mount.
. ../shell/fail.sh
. ./mounted.sh

systemctl daemon-reload
# What is mounted now must not be mounted again by the timer.
timeout 20 systemctl stop gatebox-shared-mounts.timer 2>/dev/null || :
if [ -n "$PREVIOUS" ] && [ -f "$PREVIOUS/mounts.list" ]; then
  gone=$(mktemp)
  while read -r unit place kind what _; do
    if [ -z "$unit" ] || grep -qF "$unit $place $kind $what " "$CURRENT/mounts.list"; then continue; fi
    # Another of its servers is asked for it at the next mount.
    if [ "$kind" = gluster ] && grep -q "^$unit $place gluster [^ ]*:/${what##*:/} " "$CURRENT/mounts.list"; then continue; fi
    echo "$unit $place" >>"$gone"
  done <"$PREVIOUS/mounts.list"
  used=$(unmount_all "$gone" | tr '\n' ' ')
  rm -f "$gone"
  [ -z "$used" ] || fail "in use: ${used}(stop what uses it, \"fuser -vm PLACE\" tells, then come again)"
fi
while read -r unit place kind what _; do
  [ -n "$unit" ] || continue
  [ -n "$(mounted_at "$place")" ] || mkdir -p "$place"
  [ "$kind" != local ] || mkdir -p "$what"
done <"$CURRENT/mounts.list"
systemctl is-enabled --quiet gatebox-shared-mounts.timer || systemctl --quiet enable gatebox-shared-mounts.timer
timeout 20 systemctl start gatebox-shared-mounts.timer || fail 'gatebox-shared-mounts.timer does not start'
