#!/bin/sh
# Mounts what is not mounted, and again what has lost its client. All at once: one whose servers are away holds up no other.
. ./client.sh
. ./mounted.sh
list=/etc/gatebox/shared-mounts/mounts.list

see_to() { # UNIT PLACE SOURCE SERVERS
  case $(mounted_at "$2") in
  '') ;;
  # A client that has died leaves its mount behind, and every use of it an error.
  fuse.glusterfs*)
    if client_runs "$2"; then return 0; fi
    bounded 10 umount -l "$2"
    ;;
  *) return 0 ;;
  esac
  [ "$4" = - ] || ask_first "$1" "$3" "$4"
  systemctl reset-failed "$1" 2>/dev/null
  timeout 60 systemctl start "$1"
}

# Whether glusterd of a server answers. One that is off would have the mount wait for half a minute before it asks the next.
listens() { # SERVER
  # shellcheck disable=SC2016 # expanded by the inner shell
  timeout 2 bash -c 'exec 3<>"/dev/tcp/$1/24007"' bash "$1" 2>/dev/null
}

# Has the unit ask the first server that answers; the others stay its backup servers.
ask_first() { # UNIT SOURCE SERVERS
  choice=/run/systemd/system/$1.d/gatebox-server.conf
  for server in $(echo "$3" | tr ',' ' '); do
    listens "$server" || continue
    wanted=$(printf '[Mount]\nWhat=%s\n' "$server:${2#*:}")
    if [ "${2%%:*}" = "$server" ]; then
      [ -e "$choice" ] || return 0
      rm -f "$choice"
    else
      [ "$wanted" != "$(cat "$choice" 2>/dev/null)" ] || return 0
      mkdir -p "${choice%/*}" && echo "$wanted" >"$choice"
    fi
    systemctl daemon-reload
    return 0
  done
}

while read -r unit place _ what servers; do
  see_to "$unit" "$place" "$what" "$servers" &
done <"$list"
wait
