#!/bin/sh
# Has etcd's members take a new one: NAME, its PEER-URL, and the files AUTHORITY CERTIFICATE KEY of the member that is asked.
# One that they know already is left as it is.
set -u
name=$1
url=$2
authority=$3
certificate=$4
key=$5
etcdctl() { # ARGUMENTS...
  ETCDCTL_API=3 timeout 30 /usr/bin/etcdctl --endpoints=https://127.0.0.1:2379 \
    --cacert="$authority" --cert="$certificate" --key="$key" "$@"
}
# Members that have just come must have been connected for five seconds before etcd takes another.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  members=$(etcdctl member list) || exit 1
  case "$members" in
  *" $url,"*) exit 0 ;;
  esac
  etcdctl member add "$name" --peer-urls="$url" && exit 0
  sleep 2
done
exit 1
