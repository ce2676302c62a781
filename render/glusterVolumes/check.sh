#!/bin/sh
# Can the volumes become what the staged tree $TREE declares, without data being lost or moved? Changes nothing.
. ../shell/fail.sh
. ../shell/within.sh
. ./cluster.sh
. ./new_bricks.sh
. ../gluster/clocks.sh

look_at_volumes || fail 'glusterd of this host answers no command within 20 s'
if elsewhere "$TREE"; then exit 0; fi
# By now each of them tells the time.
# shellcheck disable=SC2046 # addresses
fault=$(clock_faults $(listed "$TREE" peer) | head -n 1)
[ -z "$fault" ] || fail "$fault"

check_volume() { # VOLUME
  declared=$(listed "$TREE" brick "$1")
  existing=$(bricks_of "$1")
  [ -n "$existing" ] || return 0
  form=$(form_of "$1")
  [ "$form" = "$(declared_form "$TREE" "$1")" ] ||
    fail "the volume $1 has sets of $form bricks, and $(declared_form "$TREE" "$1") are declared (2 + 1 is with an arbiter): GlusterFS makes no copy of an arbiter, nor the other way round; declare a new volume under another name, and copy the files"
  if [ "$(echo "$existing" | wc -l)" -gt "$(echo "$declared" | wc -l)" ]; then
    gone=$(echo "$existing" | grep -vxF "$declared" | tr '\n' ' ')
    fail "the volume $1 has more bricks than are declared ($gone), and Gatebox moves no data: \"gluster volume remove-brick $1 ${gone}start\" on this host, wait until \"... status\" says completed, \"... commit\", then come again"
  fi
  position=0 replaced=0
  for brick in $existing; do
    position=$((position + 1))
    [ $(((position - 1) % 3)) -ne 0 ] || replaced=0
    wanted=$(echo "$declared" | sed -n "${position}p")
    [ "$brick" != "$wanted" ] || continue
    if echo "$declared" | grep -qxF "$brick" || echo "$existing" | grep -qxF "$wanted"; then
      fail "the volume $1 has its bricks in another order ($brick is at place $position, where $wanted is declared): keep the order of replicaSets, and write new sets behind the others"
    fi
    replaced=$((replaced + 1))
    [ "$replaced" -le 1 ] || fail "two bricks of one set of the volume $1 are declared anew ($wanted is one): replace one, wait until it has healed, then the other"
    check_others "$1" "$brick" "$position" "$existing"
  done
}

# A brick is replaced while the other two of its set have what it had: all of it, the youngest of them too.
check_others() { # VOLUME BRICK POSITION EXISTING
  offline=$(offline_bricks "$1") ||
    fail "$2 of the volume $1 is declared anew, and GlusterFS does not say which bricks are online: see \"gluster volume status $1\" on this host, then come again"
  set_number=$((($3 + 2) / 3))
  first=$((set_number * 3 - 2))
  for other in $(echo "$4" | sed -n "${first},$((first + 2))p"); do
    [ "$other" != "$2" ] || continue
    case " $offline " in
    *" $other "*) fail "$2 of the volume $1 is declared anew while $other, of the same set, is not online: bring that back first" ;;
    esac
  done
  case " $offline " in
  *" $2 "*)
    # Nobody can count what it has and others lack.
    young=$(unhealed_brick "$1" "$set_number")
    [ -z "$young" ] ||
      fail "$2 of the volume $1 is declared anew, and ${young} of the same set has not been seen whole since it was put in: bring $2 back, or wait until \"gluster volume heal $1 info summary\" shows nothing to heal, then come again"
    ;;
  *)
    try_within 4 whole "$1" ||
      fail "$2 of the volume $1 is declared anew while there is something to heal, or a brick that does not say: wait until \"gluster volume heal $1 statistics heal-count\" shows 0 for each brick, then come again"
    ;;
  esac
}

# Whether no file of a volume is open. A volume that does not say is not known to be unused.
unused() { # VOLUME
  open_files=$(cluster 20 volume status "$1" fd 2>/dev/null) || return 1
  ! echo "$open_files" | grep -q '^FD Entry'
}

# A volume that is no longer declared is stopped on all hosts, whoever uses it.
check_removed() { # VOLUME
  if listed "$TREE" volume | grep -qxF "$1" || [ "$(status_of "$1")" != Started ]; then return 0; fi
  try_within 4 unused "$1" ||
    fail "the volume $1 is no longer declared, and files of it are open (or GlusterFS does not say): stop what uses it, \"gluster volume status $1 fd\" on this host tells what is open, then come again"
}

for volume in $(listed "$TREE" volume); do check_volume "$volume"; done
all_new=$(for volume in $(listed "$TREE" volume); do new_bricks "$TREE" "$volume"; done)
# Servers that have yet to join the pool are asked once they have: see `activate`.
# shellcheck disable=SC2086 # bricks
if [ -n "$all_new" ] && look_at_bricks $all_new; then
  fault=$(new_brick_faults "$TREE" | head -n 1)
  [ -z "$fault" ] || fail "$fault"
fi
if [ -f "$CURRENT/volumes.list" ]; then
  for volume in $(listed "$CURRENT" volume); do check_removed "$volume"; done
fi
