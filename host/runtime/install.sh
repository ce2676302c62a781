#!/bin/sh
# Puts the script of standard input in place at PATH by rename, so that a process that is reading the old one goes on reading
# it. Neither a text that was cut short (whose last line is not END) nor one that the host's own shell cannot parse gets there.
set -eu
umask 022
mkdir -p "${1%/*}"
new=$(mktemp "$1.XXXXXX")
trap 'rm -f "$new"' EXIT
cat >"$new"
[ "$(tail -n 1 "$new")" = "$2" ] || { echo "the runtime arrived cut short" >&2; exit 1; }
sh -n "$new"
chmod 0755 "$new"
sync "$new"
mv -f "$new" "$1"
# What hosts have from before is put right by the new text, whether or not anything else is applied to them today.
sh "$1" places
