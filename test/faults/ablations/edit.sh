#!/bin/sh
# Edits files of a live TREE with sed(1), until put-back.sh puts them back: those that PATTERN finds in it, by EXPRESSION.
# COMMAND makes the programs read them again.
set -eu
tree=$1
pattern=$2
expression=$3
shift 3
cd "$(readlink -f "$tree")"
changed=''
for file in $pattern; do
  # What an interrupted run has kept is the good text, and stays so.
  [ -e "$file.kept" ] || { cp -a "$file" "$file.copy"; mv "$file.copy" "$file.kept"; }
  sed -i "$expression" "$file"
  cmp -s "$file" "$file.kept" || changed=1
done
[ -n "$changed" ] || { echo 'nothing was changed' >&2; exit 1; }
"$@"
