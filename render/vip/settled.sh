#!/bin/sh
# Ends when each virtual IP of this host has been in one state for two seconds, with nobody at work on being told of it; after ten
# seconds in any case. A host that is to have an address back is a backup until it has heard the holder's adverts.
set -u

# The states of all; fails where one is not known yet.
states() {
  for file in /etc/gatebox/vip/keepalived/vips/*.address; do
    [ -e "$file" ] || continue
    name=${file##*/} name=${name%.address}
    read -r state _ 2>/dev/null <"/run/gatebox/vip/$name.state" || return 1
    echo "$name $state"
  done
}

tries=50 steady=0 before=''
while [ "$tries" -gt 0 ] && [ "$steady" -lt 10 ]; do
  sleep 0.2
  tries=$((tries - 1))
  if now=$(states) && [ "$now" = "$before" ] && ! pgrep -f /vip-events/ >/dev/null; then
    steady=$((steady + 1))
  else
    steady=0
  fi
  before=${now:-}
done
