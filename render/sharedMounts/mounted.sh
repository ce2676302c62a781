# shellcheck shell=sh
# What is mounted, asked of the kernel: a mount whose server is away answers nobody.

# The kind and source of what is mounted at PLACE, for example "fuse.glusterfs 192.168.2.11:/shared"; nothing where nothing is.
mounted_at() { # PLACE
  awk -v place="$1" '$2 == place { found = $3 " " $1 } END { print found }' /proc/self/mounts
}

# Runs COMMAND, whose words nobody needs, and fails where it fails or takes longer than SECONDS. What asks a volume whose server is
# away may be held by the kernel beyond the reach of KILL, and "timeout" would wait for it: here nobody does.
bounded() { # SECONDS COMMAND...
  bounded_tries=$(($1 * 10)) bounded_seconds=$1
  bounded_notes=$(mktemp -d) || return 1
  shift
  {
    if timeout -s KILL "$bounded_seconds" "$@"; then : >"$bounded_notes/well"; else : >"$bounded_notes/ill"; fi
  } >/dev/null 2>&1 </dev/null &
  until [ -e "$bounded_notes/well" ] || [ -e "$bounded_notes/ill" ] || [ "$bounded_tries" -le 0 ]; do
    bounded_tries=$((bounded_tries - 1))
    sleep 0.1
  done
  bounded_status=1
  [ ! -e "$bounded_notes/well" ] || bounded_status=0
  rm -rf "$bounded_notes"
  return "$bounded_status"
}

# Whether PLACE answers within some seconds.
answers() { # PLACE
  bounded 5 stat -f "$1"
}

# Unmounts PLACE. What still uses a volume that answers keeps it; one that does not answer is taken away from under them.
unmount() { # UNIT PLACE
  bounded 20 systemctl stop "$1" || :
  rm -rf "/run/systemd/system/$1.d"
  [ -n "$(mounted_at "$2")" ] || return 0
  bounded 10 umount "$2" && return 0
  if answers "$2"; then return 1; fi
  bounded 10 umount -l "$2"
}

# Unmounts what stands in LIST, all at once: one that does not answer takes half a minute. Prints the places that are in use.
unmount_all() { # LIST
  unmount_notes=$(mktemp -d) || return 1
  while read -r unit place _; do
    [ -n "$unit" ] || continue
    if unmount "$unit" "$place"; then rmdir "$place" 2>/dev/null || :; else echo "$place" >"$unmount_notes/$unit"; fi </dev/null >/dev/null &
  done <"$1"
  wait
  cat "$unmount_notes"/* 2>/dev/null || :
  rm -rf "$unmount_notes"
}
