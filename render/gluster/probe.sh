#!/bin/sh
# Does glusterd answer, and are the bricks' file systems mounted, as $CURRENT declares?
. ../shell/fail.sh
. ../shell/within.sh
. ./peers.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${serves:?}" "${management_port:?}"
[ "$serves" = yes ] || exit 0

answers() {
  wrong='glusterd does not run'
  systemctl is-active --quiet glusterd.service || return 1
  wrong='glusterd answers no command within 10 s'
  timeout -k 1 10 gluster --timeout=8 pool list >/dev/null 2>&1 || return 1
  wrong="glusterd does not listen on port $management_port"
  [ -n "$(ss -Hltn "sport = :$management_port")" ]
}
# The next server is stopped after this one: while that is not seen by the others, a third brick could stop for want of a quorum.
peers_are_back() {
  answers || return 1
  missing=$(connected_peers | awk 'now { seen[$1]; next } !($1 in seen) { printf "%s ", $2 }' now=1 - now= /run/gatebox/gluster/connected-before 2>/dev/null)
  wrong="servers that were connected before glusterd was started again are not: $missing"
  [ -z "$missing" ]
}
try_within 40 peers_are_back || fail "$wrong"
while read -r volume place _ device _; do
  if [ -z "$volume" ] || [ "$device" = - ]; then continue; fi
  mountpoint -q "$place" || fail "the brick of $volume is not mounted at $place"
done <"$CURRENT/bricks.list"
