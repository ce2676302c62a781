#!/bin/sh
# Has this host resolve names as it did before, because its assembly is being removed, or was never in force.
. ../shell/fail.sh
. ./places.sh

if grep -qxF "$begin" "$hosts" 2>/dev/null; then
  # Read to its end first; the dot keeps what empty lines there are at the end.
  text=$(without_block && echo .) || fail "cannot read $hosts"
  printf '%s' "${text%.}" | write_anew "$hosts"
fi
[ ! -d "$former" ] || put_back
