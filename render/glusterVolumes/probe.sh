#!/bin/sh
# Are the volumes what $CURRENT declares, and do all of their bricks answer that did before?
. ../shell/fail.sh
. ../shell/within.sh
. ./cluster.sh

if elsewhere "$CURRENT"; then exit 0; fi

# Bricks are not put back on the way back: see `activate`.
same_bricks() { # VOLUME
  ! goes_back || return 0
  wrong="the volume $1 has sets of $(form_of "$1") bricks, not of $(declared_form "$CURRENT" "$1")"
  [ "$(form_of "$1")" = "$(declared_form "$CURRENT" "$1")" ] || return 1
  wrong="the volume $1 has other bricks than are declared: $(bricks_of "$1" | tr '\n' ' ')"
  [ "$(bricks_of "$1")" = "$(listed "$CURRENT" brick "$1")" ]
}

as_declared() { # VOLUME
  wrong="the volume $1 is $(status_of "$1"), not Started"
  [ "$(status_of "$1")" = Started ] || return 1
  same_bricks "$1" || return 1
  info=$(info_of "$1")
  option=$(awk -v volume="$1" '$1 == "option" && $2 == volume { print $3 ": " $4 }' "$CURRENT/volumes.list" |
    while read -r line; do echo "$info" | grep -qxF "$line" || echo "$line"; done | head -n 1)
  wrong="the volume $1 is not set as declared: $option"
  [ -z "$option" ] || return 1
  wrong="GlusterFS does not say which bricks of the volume $1 are online"
  offline=$(offline_bricks "$1") || return 1
  lost=''
  for brick in $offline; do
    grep -qsxF "$brick" /run/gatebox/gluster/offline-before || lost="$lost $brick"
  done
  wrong="bricks of the volume $1 are not online:$lost"
  [ -z "$lost" ]
}
all_as_declared() {
  wrong='glusterd of this host does not say which volumes there are'
  look_at_volumes || return 1
  look_at_status || :
  for volume in $(listed "$CURRENT" volume); do as_declared "$volume" || return 1; done
}
try_within 35 all_as_declared || fail "$wrong"
