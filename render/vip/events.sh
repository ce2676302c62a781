#!/bin/sh
# Told by keepalived of each change of state; FIFO is where the lines come from.
note() { # STATE PRIORITY
  echo "$1" >"/run/gatebox/vip/$name.new" && mv -f "/run/gatebox/vip/$name.new" "/run/gatebox/vip/$name.state"
}

. ./tell_listeners.sh

while read -r kind name now priority; do
  [ "$kind" = INSTANCE ] || continue
  name=${name#\"} name=${name%\"}
  case $now in
  MASTER | BACKUP | FAULT | STOP) note "$now $priority" ;;
  MASTER_PRIORITY | BACKUP_PRIORITY)
    read -r noted _ 2>/dev/null <"/run/gatebox/vip/$name.state" && note "$noted $priority"
    continue
    ;;
  DELETED) rm -f "/run/gatebox/vip/$name.state" ;;
  *) continue ;;
  esac
  tell_listeners "$name" "$now" 20
done <"$1"
