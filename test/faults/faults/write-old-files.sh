#!/bin/sh
# Writes COUNT files into DIRECTORY of a volume, all at once as far as it lets them, and the one that all hosts will write.
set -eu
directory=$1
count=$2
mkdir -p "$directory"
: >"$directory/both"
# shellcheck disable=SC2016 # expanded by the inner shell
seq "$count" | xargs -P 8 -n 25 sh -ec 'directory=$1; shift; for n; do echo "$n" >"$directory/old-$n"; done' sh "$directory"
