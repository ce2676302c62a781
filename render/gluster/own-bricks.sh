#!/bin/sh
# What is on the bricks of this host. glusterd runs it on every server of the trusted pool for the one that makes the volumes
# ("gluster system:: execute gatebox_bricks WORDS"), waits for it, and takes a failure for its own: so it never fails, asks glusterd
# nothing, and is quick.
#
#   show BRICK...  prints "volume ID NAME" of each volume that is known here, and for bricks of this host "brick BRICK FOUND ID":
#                  clean, marked (as a volume's, without a file), files, or unread; a dash for no ID
#   free BRICK ID  takes the marks off a brick of this host that is in no volume and has no file. It removes none either.
state=/var/lib/glusterd

volumes_here() {
  for information in "$state"/vols/*/info "$state"/snaps/*/*/info; do
    [ -f "$information" ] || continue
    known_as=${information%/info}
    sed -n "s|^volume-id=\(.*\)|\1 ${known_as##*/}|p" "$information" | { read -r id name && echo "volume $(echo "$id" | tr -d -) $name"; }
  done
}

is_here() { # BRICK
  ip -o -4 address show | grep -qF " ${1%%:*}/"
}

attributes_of() { # PLACE
  timeout 3 getfattr --absolute-names -h -d -e hex -m '^trusted\.' "$1" 2>/dev/null | sed -n 's/^\(trusted\..*\)=0x\(.*\)/\1 \2/p'
}

# The first file of PLACE (of whatever kind) that GlusterFS does not make by itself before there is any.
first_file() { # PLACE
  timeout 3 find "$1" -mindepth 1 -path "$1/.glusterfs" -prune -o \
    ! \( -path "$1/.glusterfs-anonymous-inode-*" -type d -empty \) -print -quit || return 1
  [ -d "$1/.glusterfs" ] || return 0
  timeout 3 find "$1/.glusterfs" ! -type d ! -name health_check ! -path "$1/.glusterfs/indices/*" ! -path "$1/.glusterfs/changelogs/*" \
    ! -name 00000000-0000-0000-0000-000000000001 ! -lname '*/.glusterfs-anonymous-inode-*' -print -quit
}

# Prints FOUND and ID, as above.
state_of() { # PLACE
  [ -d "$1" ] || { echo 'clean -'; return; }
  attributes=$(attributes_of "$1")
  id=$(echo "$attributes" | sed -n 's/^trusted\.glusterfs\.volume-id //p')
  if ! file=$(first_file "$1" 2>/dev/null); then
    found=unread
  elif [ -n "$file" ]; then
    found=files
  elif echo "$attributes" | grep -q '^trusted\.\(glusterfs\.volume-id\|gfid\) '; then
    found=marked
  else
    found=clean
  fi
  echo "$found ${id:--}"
}

# Whether a volume that is known here has this host's PLACE for a brick.
is_in_volume() { # PLACE
  own=$(sed -n 's/^UUID=//p' "$state/glusterd.info")
  for record in "$state"/vols/*/bricks/* "$state"/snaps/*/*/bricks/*; do
    if [ -f "$record" ] && grep -qxF "path=$1" "$record" && grep -qxF "uuid=$own" "$record"; then return 0; fi
  done
  return 1
}

free_brick() { # BRICK ID
  place=${1#*:}
  case $place in /srv/gatebox/bricks/*/brick) ;; *) return 0 ;; esac
  if ! is_here "$1" || is_in_volume "$place" || [ "$(state_of "$place")" != "marked $2" ]; then return 0; fi
  # The ID last: what is cut off here is to be known for what it was.
  for attribute in $(attributes_of "$place" | cut -d ' ' -f 1 | grep -vxF trusted.glusterfs.volume-id) trusted.glusterfs.volume-id; do
    setfattr -h -x "$attribute" "$place" 2>/dev/null
  done
  logger -t gatebox "$place was marked as a brick of a volume that was never made, $2, and is none any more" 2>/dev/null || :
}

case ${1-} in
show)
  shift
  volumes_here
  for brick; do
    ! is_here "$brick" || echo "brick $brick $(state_of "${brick#*:}")"
  done
  ;;
free) free_brick "${2-}" "${3-}" ;;
esac
exit 0
