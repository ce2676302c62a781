#!/bin/sh
# Has this host resolve names as $CURRENT says, and keeps what it had.
. ../shell/fail.sh
. ./places.sh

[ -e "$hosts" ] || : >"$hosts"
# Read to its end before a line is written: half of it would be worse than nothing.
text=$(without_block && echo "$begin" && cat "$CURRENT/hosts" && echo "$end") || fail "cannot read $hosts"
echo "$text" | write_anew "$hosts"

if ! [ -f "$CURRENT/resolv.conf" ]; then
  [ ! -d "$former" ] || put_back
  exit 0
fi
is_ours || keep_former
# A host's own search domains go on to be tried, after the box's.
searched=$(sed -n 's/^[[:blank:]]*\(search\|domain\)[[:blank:]]\{1,\}//p' "$former/text" 2>/dev/null | tail -n 1 | tr -s '[:blank:]' ' ')
awk -v more="$searched" '
  $1 == "search" {
    count = split(more, word, " ")
    line = $0
    for (i = 1; i <= count; i++) if (word[i] != "." && !index(line " ", " " word[i] " ")) line = line " " word[i]
    print line
    next
  }
  { print }' "$CURRENT/resolv.conf" | write_anew "$resolv"

# dhclient writes name servers of its own with each lease, unless it is told not to.
[ ! -d "${hook%/*}" ] || write_anew "$hook" <"$CURRENT/dhclient-hook.sh"
