#!/bin/sh
# Notes of each set of bricks that had one replaced that all of them have been seen whole since: until then no other brick of the
# set is given up for lost. Any server may note it, and asks GlusterFS only while there is something to note.
. ../glusterVolumes/cluster.sh

for information in /var/lib/glusterd/vols/*/info; do
  [ -f "$information" ] || continue
  volume=${information%/info}
  volume=${volume##*/}
  sed -n 's/^user\.gatebox-healing-\([0-9]*\)=\(.*\)$/\1 \2/p' "$information" | while read -r set_number mark; do
    # Of a replacement that is not done yet, nothing is known.
    case $mark in *:begun) continue ;; esac
    ! grep -qxF "user.gatebox-healed-$set_number=$mark" "$information" || continue
    ! whole "$volume" </dev/null || cluster 20 volume set "$volume" "user.gatebox-healed-$set_number" "$mark" >/dev/null 2>&1 </dev/null || :
  done
done
