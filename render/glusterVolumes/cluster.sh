# shellcheck shell=sh
# Asks and tells GlusterFS, never without a limit: a peer that has just vanished would have a command wait for two minutes.
cluster() { # SECONDS COMMAND...
  cluster_limit=$1
  shift
  timeout -k 2 "$cluster_limit" gluster --mode=script --timeout="$cluster_limit" "$@"
}

# Asks what all volumes are: once for many questions, for each call takes a tenth of a second of a processor. Who changes a volume
# asks anew. Without it each question below is a call of its own. Fails where GlusterFS does not say.
look_at_volumes() {
  volumes_seen=$(cluster 20 volume info 2>/dev/null)
}

# The same, of which bricks of all volumes that are started are online.
look_at_status() {
  status_seen=$(cluster 20 volume status all --xml 2>/dev/null)
}

# What GlusterFS says of a volume; nothing where there is no such volume.
info_of() { # VOLUME
  if [ -z "${volumes_seen+looked}" ]; then
    cluster 20 volume info "$1" 2>/dev/null
  else
    echo "$volumes_seen" | awk -v name="$1" '/^Volume Name: / { wanted = $3 == name } wanted'
  fi
}

# The second column of the lines of a list that begin with KIND (and NAME).
listed() { # TREE KIND [NAME]
  awk -v kind="$2" -v name="${3:-}" '$1 == kind && (name == "" || $2 == name) { print name == "" ? $2 : $3 }' "$1/volumes.list"
}

# The bricks that a volume has, in order; nothing where there is no such volume.
bricks_of() { # VOLUME
  info_of "$1" | sed -n 's/^Brick[0-9][0-9]*: \([^ ]*\).*/\1/p'
}

# What a set of a volume is made of, in GlusterFS' own words: "3", or "(2 + 1)" with an arbiter.
form_of() { # VOLUME
  info_of "$1" | sed -n 's/^Number of Bricks: [0-9]* x \(.*\) = [0-9]*$/\1/p'
}

# The same, as it is declared.
declared_form() { # TREE VOLUME
  case $(awk -v name="$2" '$1 == "volume" && $2 == name { print $4 }' "$1/volumes.list") in
  0) echo 3 ;;
  *) echo '(2 + 1)' ;;
  esac
}

# Whether a volume is Started, Created or Stopped.
status_of() { # VOLUME
  info_of "$1" | sed -n 's/^Status: //p'
}

# Bricks of a volume that are not said to be online, in one line: `volume status` passes over those of a host that is gone. Fails
# where GlusterFS does not say, and prints nothing then.
offline_bricks() { # VOLUME
  if [ -z "${status_seen+looked}" ]; then said_online=$(cluster 20 volume status "$1" --xml 2>/dev/null); else said_online=$status_seen; fi
  said_online=$(echo "$said_online" | tr -d '\n')
  case $said_online in *'<opRet>0</opRet>'*"<volName>$1</volName>"*) ;; *) return 1 ;; esac
  said_online=$(echo "$said_online" | sed 's/<node>/\n<node>/g' |
    sed -n '/<path>\//{ /<status>1<\/status>/s/.*<hostname>\([^<]*\)<.*<path>\([^<]*\)<.*/\1:\2/p; }')
  all_bricks=$(bricks_of "$1")
  [ -n "$all_bricks" ] || return 1
  for one_brick in $all_bricks; do
    echo "$said_online" | grep -qxF "$one_brick" || printf '%s ' "$one_brick"
  done
}

# Whether every brick of a volume answers, and knows of nothing that another has yet to be given.
whole() { # VOLUME
  counted=$(cluster 20 volume heal "$1" statistics heal-count 2>/dev/null | grep -c '^Number of entries: 0$') || :
  [ "$counted" -gt 0 ] && [ "$counted" -eq "$(bricks_of "$1" | wc -l)" ]
}

# The mark of a set that had a brick replaced: the new brick and when, with ":begun" until it is in the volume. It is an option of
# the volume, so that every server knows it; $tree/scripts/healed.sh notes which one has been seen whole.
mark_of() { # VOLUME SET healing|healed
  info_of "$1" | sed -n "s/^user\.gatebox-$3-$2: //p"
}

# The brick of a set that has not been seen whole since it was put in; nothing where there is none. One that was to be, by a
# command that was cut off, is not in the volume.
unhealed_brick() { # VOLUME SET
  standing=$(mark_of "$1" "$2" healing)
  if [ -z "$standing" ] || [ "$standing" = "$(mark_of "$1" "$2" healed)" ]; then return 0; fi
  bricks_of "$1" | grep -xF "${standing%@*}" || :
}

# Whether the tree that is live is one that was live before PREVIOUS: the runtime goes back to it.
goes_back() {
  back_from=${PREVIOUS##*/} back_to=$(readlink "$CURRENT" || :)
  back_to=${back_to##*/}
  case $back_from in '' | *[!0-9]*) return 1 ;; esac
  case $back_to in '' | *[!0-9]*) return 1 ;; esac
  [ "$back_from" -gt "$back_to" ]
}

. ../gluster/peers.sh

# Names and addresses of the servers that are members of the pool and seen by this one, itself aside, one a line. A server that has
# just been asked to join is connected before it is a member.
member_peers() {
  peers 20 | awk '$2 && $3 { for (i = 4; i <= NF; i++) print $i }'
}

# Those of all that this one knows, seen or not.
known_peers() {
  peers 20 | awk '{ for (i = 4; i <= NF; i++) print $i }'
}

is_own() { # ADDRESS
  ip -o -4 address show | grep -qF " $1/"
}

# Prints a server that is in a trusted pool with others.
in_pool() { # ADDRESS
  # A heading, itself, and the others.
  known_there=$(timeout -k 1 8 gluster --mode=script --remote-host="$1" --timeout=8 pool list 2>/dev/null | grep -c .) || :
  [ "$known_there" -le 2 ] || echo "$1"
}

# Whether another server sees to the volumes of a tree: this one is in no trusted pool, and another is. Told by one that stands
# outside, GlusterFS would make the volumes a second time, or refuse to let anybody join.
elsewhere() { # TREE
  [ -z "$(ls /var/lib/glusterd/peers 2>/dev/null)" ] || return 1
  [ -n "$(
    for peer in $(listed "$1" peer); do
      is_own "$peer" || in_pool "$peer" &
    done
    wait
  )" ]
}
