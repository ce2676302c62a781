#!/bin/sh
# drain MASTER: sends no more requests to the API server of MASTER and ends its sessions, on this host; clients ask again and get
# another. drain MASTER off: it is asked again. It outlasts reloads, not a restart.
set -u
. ./instance.sh
. ../haproxy/master.sh
. ./servers.sh

master=${1-} wanted=maint
case $#-${2-} in
1-) ;;
2-off) wanted=ready ;;
*)
  echo 'usage: drain MASTER [off]' >&2
  exit 2
  ;;
esac
known=$(servers_now)
[ -n "$known" ] || { echo 'the load balancer does not answer' >&2; exit 1; }
printf '%s\n' "$known" | grep -q "^$master " || {
  echo "there is no master $master; known: $(printf '%s\n' "$known" | cut -d ' ' -f 1 | tr '\n' ' ')" >&2
  exit 1
}
if [ "$wanted" = maint ] && ! printf '%s\n' "$known" | grep -v "^$master " | grep -q ' UP$'; then
  echo "no other API server is up: $master is not drained" >&2
  exit 1
fi
answer=$(cli "@1 set server kube-api/$master state $wanted")
[ -z "$answer" ] || { echo "$answer" >&2; exit 1; }
case $wanted in
maint) echo "$master is asked no more by this host" ;;
ready) echo "$master is asked again by this host" ;;
esac
