#!/bin/sh
# Becomes the container of a host, systemd-nspawn ARGUMENTS, in the control groups of $CGROUPS (files of process numbers),
# with its disk ($LOWER, $UPPER, $WORK) mounted at $ROOT where no one else sees it.
set -eu
for file in $CGROUPS; do echo $$ >"$file"; done
# shellcheck disable=SC2016 # expanded by the inner shell, in the mount namespace
exec unshare --mount --propagation slave sh -euc '
  mount -t overlay "$NAME" -o "lowerdir=$LOWER,upperdir=$UPPER,workdir=$WORK,volatile" "$ROOT"
  exec systemd-nspawn "$@"
' sh "$@"
