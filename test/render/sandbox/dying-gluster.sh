#!/bin/sh
# `gluster` of a host one of whose peers dies at the first option that is set, at the first start of a volume, of which the others
# know all the same, and at the first rebalance.
verb=''
case " $* " in
*' volume set '*) verb='set' ;;
*' volume start '*) verb='start' ;;
*' volume rebalance '*) verb='rebalance' ;;
esac
if [ -n "$verb" ] && [ ! -e "$0.$verb" ]; then
  : >"$0.$verb"
  [ "$verb" != start ] || /usr/sbin/gluster "$@" >/dev/null
  echo "volume $verb: failed: Commit failed on 192.168.2.13. Please check log file for details." >&2
  exit 1
fi
exec /usr/sbin/gluster "$@"
