# shellcheck shell=sh
# Bricks that volumes are to get, looked at on their own servers before GlusterFS is told to take them: a `create` that was cut off
# leaves bricks marked, which GlusterFS takes for no other volume then; and it asks nobody whether files are there. Needs fail.sh,
# within.sh and cluster.sh.

# The bricks of a volume that are declared, and that it does not have.
new_bricks() { # TREE VOLUME
  had_bricks=$(bricks_of "$2")
  for new_brick in $(listed "$1" brick "$2"); do
    echo "$had_bricks" | grep -qxF "$new_brick" || echo "$new_brick"
  done
}

# Leaves in $bricks_seen what those servers of the pool say that are connected: see ../gluster/own-bricks.sh.
look_at_bricks() { # BRICK...
  bricks_seen=$(cluster 20 system:: execute gatebox_bricks show "$@" 2>&1)
}

# "FOUND ID" of a brick; nothing where its server did not say.
seen_on() { # BRICK
  echo "$bricks_seen" | awk -v brick="$1" '$1 == "brick" && $2 == brick { print $3, $4; exit }'
}

# Whether the servers of all these bricks say what is on them.
all_seen() { # BRICK...
  wrong="GlusterFS does not say what is on the new bricks $*"
  look_at_bricks "$@" || { wrong="$wrong: $(echo "$bricks_seen" | tail -n 2)"; return 1; }
  for one_brick; do
    wrong="${one_brick%%:*} does not say what is on the new brick $one_brick: is it connected (\"gluster pool list\" on this host)?"
    [ -n "$(seen_on "$one_brick")" ] || return 1
  done
}

volume_with() { # ID
  echo "$bricks_seen" | awk -v id="$1" '$1 == "volume" && $2 == id { print $3; exit }'
}

# Why a brick cannot become one of a volume; nothing where it can.
brick_fault() { # VOLUME BRICK
  seen=$(seen_on "$2")
  marked_by=${seen#* }
  marked_for=$(volume_with "$marked_by")
  place=${2#*:}
  empty="on ${2%%:*}, keep it under another name and have an empty one (mv $place $place.kept && mkdir $place), or name another host"
  case $seen in
  files*)
    whose="the volume $marked_for"
    [ -n "$marked_for" ] || whose="a volume that no server knows any more ($marked_by)"
    [ "$marked_by" != - ] || whose='no volume'
    echo "$2 is to be a new brick of the volume $1, and has files, of $whose, which GlusterFS would mix with those of the volume: $empty"
    ;;
  unread*) echo "$2 is to be a new brick of the volume $1, and cannot be read: see \"ls -A $place\" on ${2%%:*}" ;;
  marked*)
    if [ -n "$marked_for" ] && [ "$marked_for" != "$1" ]; then
      echo "$2 is to be a new brick of the volume $1, and is marked as one of the volume $marked_for: if it is not, $empty"
    fi
    ;;
  esac
}

# What is wrong with the new bricks of all volumes of a tree, as far as their servers say.
new_brick_faults() { # TREE
  for faulty in $(listed "$1" volume); do
    for new_brick in $(new_bricks "$1" "$faulty"); do brick_fault "$faulty" "$new_brick"; done
  done
}

# Takes off what a command that was cut off has marked bricks with.
free_bricks() { # BRICK...
  try_within 10 all_seen "$@" || fail "$wrong"
  for one_brick; do
    case $(seen_on "$one_brick") in marked*) ;; *) continue ;; esac
    cluster 20 system:: execute gatebox_bricks free "$one_brick" "$(seen_on "$one_brick" | cut -d ' ' -f 2)" >/dev/null 2>&1 || :
  done
}
