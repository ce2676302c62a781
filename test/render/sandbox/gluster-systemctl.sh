#!/bin/sh
# `systemctl` of a server of GlusterFS in namespaces: it knows how to stop glusterd, and nothing of mounts.
case $* in
'stop glusterd.service')
  : >/run/stopped
  kill "$(cat /run/glusterd.pid)"
  ;;
*.mount*) exit 1 ;;
esac
