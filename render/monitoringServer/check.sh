#!/bin/sh
# Can the server of the staged tree $TREE run here, and does its own checker take its configuration? Changes nothing.
. ../shell/fail.sh
. ./clocks.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${assembly:?}" "${unit:?}" "${process:?}" "${address:?}" "${ports:?}" "${storage:?}" "${group:?}"

ip -o -4 address show | grep -qF " $address/" || fail "this host does not have the address $address, on which $unit is to listen"
for one in $ports; do
  holder=$(ss -Hltnp "sport = :$one" | awk -v address="$address" -v ours="\"$process\"" '
    { where = $4; sub(/:[^:]*$/, "", where) }
    (where == address || where == "*" || where == "0.0.0.0" || where == "[::]") && !index($0, ours) { print $4, $6; exit }
  ')
  [ -z "$holder" ] || fail "$address:$one, where $unit is to listen, is already taken: $holder"
done

# The nearest directory that is there.
there=$storage
until [ -d "$there" ]; do there=${there%/*} && there=${there:-/}; done
kind=$(timeout 5 findmnt -n -o FSTYPE --target "$there") || kind=''
case $kind in
nfs* | cifs | smb* | fuse.* | ceph | gfs2 | ocfs2 | 9p)
  fail "$storage, where $assembly is to keep what it knows, is on a file system of kind $kind: it takes a local disk only, as what two servers or a network write to is soon damaged"
  ;;
esac
if [ -d "$storage" ] && [ -n "$(ls -A "$storage" 2>/dev/null)" ] && ! runuser -u "$group" -- test -w "$storage"; then
  fail "$storage is not empty, and $group may not write there: chown -R $group: $storage, if this is $assembly's"
fi

case $assembly in
prometheus) words=$(cd "$TREE/prometheus" && timeout 40 promtool check config prometheus.yml 2>&1) ;;
alertmanager) words=$(cd "$TREE/alertmanager" && timeout 40 amtool check-config alertmanager.yml 2>&1) ;;
esac || fail "the configuration of $assembly is refused: $(printf '%s\n' "$words" | grep -E 'FAILED|rror|line|group' | head -n 5 | cut -c 1-400)"

faults=$(clock_faults "$TREE/lifecycle/clocks")
[ -z "$faults" ] || fail "$faults"
