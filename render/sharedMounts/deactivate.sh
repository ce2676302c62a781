#!/bin/sh
# Unmounts the volumes, because none is declared here any more; what is on them stays.
. ../shell/fail.sh
. ./mounted.sh

systemctl --quiet disable gatebox-shared-mounts.timer 2>/dev/null || :
timeout 20 systemctl stop gatebox-shared-mounts.timer gatebox-shared-mounts.service 2>/dev/null || :
used=$(unmount_all "$TREE/mounts.list" | tr '\n' ' ')
[ -z "$used" ] || fail "in use: ${used}(stop what uses it, \"fuser -vm PLACE\" tells, then come again)"
