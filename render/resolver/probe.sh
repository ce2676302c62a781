#!/bin/sh
# Does this host resolve names as $CURRENT says? Whether the name servers answer is no matter here: it does without them.
. ../shell/fail.sh
. ./places.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${own_name:?}" "${own_address:?}"

[ "$(sed -n "/^$begin\$/,/^$end\$/p" "$hosts" | sed '1d;$d')" = "$(cat "$CURRENT/hosts")" ] || fail "$hosts does not have the names of the box"
said=$(timeout 10 getent ahostsv4 "$own_name" | awk 'NR == 1 { print $1 }') || said=''
case $said in
"$own_address" | 127.*) ;;
*) fail "$own_name is ${said:-unknown} on this host, not $own_address as $hosts says: look at hosts: in /etc/nsswitch.conf" ;;
esac
[ ! -f "$CURRENT/resolv.conf" ] || is_ours || fail "$resolv was written by somebody else just now: who was it?"
