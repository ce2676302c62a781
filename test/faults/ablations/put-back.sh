#!/bin/sh
# Puts back what edit.sh has edited, where it has: the files of TREE that PATTERN finds. COMMAND makes the programs read them.
set -u
tree=$1
pattern=$2
shift 2
cd "$(readlink -f "$tree")" || exit
for file in $pattern; do
  [ ! -e "$file.kept" ] || mv -f "$file.kept" "$file"
done
"$@"
