#!/bin/sh
# Makes the trusted pool and its volumes what $CURRENT declares, from one of its members; what is so already is left alone. A volume that is no longer
# declared is stopped, and never deleted.
. ../shell/fail.sh
. ../shell/until.sh
. ../shell/within.sh
. ./cluster.sh
. ./new_bricks.sh

# What passes by itself: members see each other a moment after each of them is seen from here, and a command locks all of them.
# GlusterFS 10.3 dies now and then while it is told something, and is there again six seconds later: what may be said twice is.
passes() { # SECONDS COMMAND...
  case "$2 $3 $said" in
  *'not connected'* | *"not in 'Peer in Cluster' state"* | *'Another transaction is in progress'* | *'Locking failed'* | *'quorum not met'*) ;;
  'volume set '*' failed on '* | 'volume start '*' failed on '* | 'volume rebalance '*' failed on '* | 'volume rebalance '*'imed out'*) ;;
  *) return 1 ;;
  esac
}

# Leaves in $said what GlusterFS says, and what is known of the volumes is old then.
told() { # SECONDS COMMAND...
  told_end=$(($(date +%s) + 30)) old=yes
  until said=$(cluster "$@" 2>&1); do
    case "$2 $3 $said" in 'volume start '*' already started'* | 'volume rebalance '*' already started'*) return 0 ;; esac
    passes "$@" && [ "$(date +%s)" -lt "$told_end" ] || return 1
    sleep 0.5
  done
}

tell() { # SECONDS COMMAND...
  told "$@" && return 0
  shift
  fail "gluster $*: $(echo "$said" | tail -n 3)"
}

# Has what is known of the volumes be new: not in a subshell, which would forget it.
refresh() {
  [ -n "$old" ] || return 0
  try_within 15 look_at_volumes </dev/null || fail 'glusterd of this host does not say which volumes there are'
  old=''
}

# Tells a command that gives a volume bricks. Where one is marked it is by a command that was cut off, and not by one that goes on
# yet: GlusterFS looks at bricks when nobody else changes the volume.
take_bricks() { # VOLUME BRICKS COMMAND...
  taker=$1 taken=$2
  shift 2
  told 40 "$@" && return 0
  # A command that was cut off here has come to its end there.
  refresh
  missing=$(new_bricks "$CURRENT" "$taker")
  for one_brick in $taken; do
    if echo "$missing" | grep -qxF "$one_brick"; then break; fi
    one_brick=''
  done
  [ -n "$one_brick" ] || return 0
  # shellcheck disable=SC2086 # bricks
  case $said in *'already part of a volume'*) free_bricks $taken ;; esac
  tell 40 "$@"
}

is_member() { # ADDRESS
  member_peers | grep -qxF "$1"
}

# Asks those to join that have not yet. A member that is away is no reason to leave the others alone.
join_peers() {
  known=$(known_peers)
  for peer in $(listed "$CURRENT" peer); do
    if is_own "$peer" || echo "$known" | grep -qxF "$peer"; then continue; fi
    tell 25 peer probe "$peer"
    try_until 90 0.5 is_member "$peer" || fail "$peer was asked to join the trusted pool, and has not within 45 s"
    joined=yes
  done
  [ -z "${joined-}" ] || try_until 40 0.5 settled || :
}

# Whether each server sees all others. One that does not yet refuses a new volume when the first bricks are marked as its own
# already: GlusterFS takes them for no volume after that.
settled() {
  all=$(listed "$CURRENT" peer | grep -c .)
  [ -z "$(
    for peer in $(listed "$CURRENT" peer); do
      is_own "$peer" || sees_all "$peer" "$all" || echo "$peer" &
    done
    wait
  )" ]
}

sees_all() { # PEER NUMBER
  seen=$(timeout -k 1 8 gluster --mode=script --remote-host="$1" --timeout=8 pool list 2>/dev/null | grep -c 'Connected[[:blank:]]*$') || :
  [ "$seen" -ge "$2" ]
}

# A server that was declared once, and has no brick any more.
leave_peers() {
  [ -f /var/lib/glusterd/gatebox-peers ] || return 0
  refresh
  declared=$(listed "$CURRENT" peer)
  grep -vxF "$declared" /var/lib/glusterd/gatebox-peers | while read -r peer; do
    if echo "$volumes_seen" | grep -q "^Brick[0-9]*: $peer:" || ! known_peers </dev/null | grep -qxF "$peer"; then continue; fi
    cluster 25 peer detach "$peer" force >/dev/null 2>&1 </dev/null || :
  done
}

# Bricks that do not answer before anything is done are no reason to undo it: a repair may be what is done.
note_offline() {
  mkdir -p /run/gatebox/gluster
  case $volumes_seen in
  *'Status: Started'*) look_at_status || : ;;
  *) status_seen='' ;;
  esac
  for volume in $(listed "$CURRENT" volume); do
    ! offline=$(offline_bricks "$volume") || echo "$offline" | tr ' ' '\n'
  done >/run/gatebox/gluster/offline-before
}

# No brick is taken, of any volume, while one is not fit for it.
look_at_new_bricks() {
  all_new=$(for volume in $(listed "$CURRENT" volume); do new_bricks "$CURRENT" "$volume"; done)
  [ -n "$all_new" ] || return 0
  # shellcheck disable=SC2086 # bricks
  try_within 5 all_seen $all_new || fail "$wrong"
  fault=$(new_brick_faults "$CURRENT" | head -n 1)
  [ -z "$fault" ] || fail "$fault"
}

make_volume() { # VOLUME COPIES ARBITERS FORCE
  arbiter=''
  [ "$3" = 0 ] || arbiter="arbiter $3"
  force=''
  [ "$4" = - ] || force=force
  made_of=$(listed "$CURRENT" brick "$1" | tr '\n' ' ')
  # shellcheck disable=SC2086 # words of the command
  take_bricks "$1" "$made_of" volume create "$1" replica $(($2 + $3)) $arbiter transport tcp $made_of $force
}

# One of each set at most has changed, and the others of it are online and whole: see `check`.
replace_bricks() { # VOLUME
  position=0
  for brick in $(bricks_of "$1"); do
    position=$((position + 1))
    wanted=$(listed "$CURRENT" brick "$1" | sed -n "${position}p")
    if [ -z "$wanted" ] || [ "$wanted" = "$brick" ]; then continue; fi
    mark="user.gatebox-healing-$(((position + 2) / 3)) $wanted@$(date +%s)"
    # shellcheck disable=SC2086 # key and value
    tell 40 volume set "$1" $mark:begun
    tell 40 volume replace-brick "$1" "$brick" "$wanted" commit force
    # shellcheck disable=SC2086 # key and value
    tell 40 volume set "$1" $mark
  done
}

# Marks whose replacement was cut off: what is in the volume now has begun to heal.
finish_marks() { # VOLUME
  for mark in $(info_of "$1" | sed -n 's/^\(user\.gatebox-healing-[0-9]*\): \(.*\):begun$/\1=\2/p'); do
    tell 40 volume set "$1" "${mark%%=*}" "${mark#*=}"
  done
}

grow() { # VOLUME FORCE
  have=$(bricks_of "$1" | wc -l)
  more=$(listed "$CURRENT" brick "$1" | sed "1,${have}d")
  [ -n "$more" ] || return 0
  force=''
  [ "$2" = - ] || force=force
  # shellcheck disable=SC2086 # words of the command
  take_bricks "$1" "$more" volume add-brick "$1" $more $force
  # Files move to the new set by and by. Where they do not, new ones are spread all the same.
  [ "$(status_of "$1")" = Started ] || return 0
  told 40 volume rebalance "$1" start ||
    logger -t gatebox "the shared volume $1 has grown, and its files stay where they are: gluster volume rebalance $1 start: $said" 2>/dev/null || :
}

# In one command, and only what differs: each is a change of all bricks and clients.
set_options() { # VOLUME
  info=$(info_of "$1")
  set -- "$1" "$(awk -v volume="$1" '$1 == "option" && $2 == volume { print $3 ": " $4 }' "$CURRENT/volumes.list" |
    while read -r line; do echo "$info" | grep -qxF "$line" || echo "$line"; done | sed 's/: / /')"
  [ -n "$2" ] || return 0
  # shellcheck disable=SC2086 # keys and values
  tell 40 volume set "$1" $2
}

# GlusterFS takes a volume for started as soon as it begins to start it: bricks whose start was cut off are started by force, which
# leaves those alone that run. Where one cannot be, `probe` says so, unless it was lost before.
start_volume() { # VOLUME
  [ "$(status_of "$1")" = Started ] || { tell 40 volume start "$1"; return; }
  for brick in $(bricks_of "$1"); do
    if grep -qsxF "$brick" /run/gatebox/gluster/offline-before; then
      cluster 25 volume start "$1" force >/dev/null 2>&1 || :
      return
    fi
  done
}

if elsewhere "$CURRENT"; then exit 0; fi
old=yes
refresh
note_offline
join_peers
refresh
goes_back || look_at_new_bricks
while read -r kind volume copies arbiters force; do
  [ "$kind" = volume ] || continue
  if [ -z "$(status_of "$volume")" ]; then make_volume "$volume" "$copies" "$arbiters" "$force" </dev/null; fi
  set_options "$volume" </dev/null
  # On the way back nothing is replaced or made larger: a brick that was replaced a moment ago is no longer up to date.
  if ! goes_back; then
    refresh
    finish_marks "$volume" </dev/null
    replace_bricks "$volume" </dev/null
    refresh
    grow "$volume" "$force" </dev/null
  fi
  refresh
  start_volume "$volume" </dev/null
done <"$CURRENT/volumes.list"
if [ -n "$PREVIOUS" ] && [ -f "$PREVIOUS/volumes.list" ]; then
  for volume in $(listed "$PREVIOUS" volume); do
    if listed "$CURRENT" volume | grep -qxF "$volume" || [ "$(status_of "$volume")" != Started ]; then continue; fi
    tell 40 volume stop "$volume"
    for brick in $(bricks_of "$volume"); do
      logger -t gatebox "the shared volume $volume is stopped, and its data stay at $brick" 2>/dev/null || :
    done
  done
fi
leave_peers
