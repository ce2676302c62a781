#!/bin/sh
# Writes NAME.health for keepalived: 0 while NAME works, 1 while it does not.
set -u

# Sets status: 0 well, 124 silent, anything else refused or wrong.
ask() { # ADDRESS PORT PATH
  answer=$(printf 'GET %s HTTP/1.0\r\n\r\n' "$3" | timeout 0.35 socat -t 1 - "TCP:$1:$2" 2>/dev/null)
  status=$?
  case $answer in 'HTTP/1.'?' 200 '*) status=0 ;; *) [ "$status" != 0 ] || status=1 ;; esac
}

works() { # NAME ADDRESS PORT PATH
  if [ "$1" != forwarding ]; then
    ask "$2" "$3" "$4"
    [ "$status" != 124 ] || ask "$2" "$3" "$4"
    return "$status"
  fi
  [ $((turn % 5)) = 1 ] || return "$forwarding"
  read -r routes </proc/sys/net/ipv4/ip_forward
  forwarding=1
  [ "$routes" = 1 ] && /usr/sbin/nft -t list chain inet gatebox_nat forward 2>/dev/null | grep -q refuse_forward && forwarding=0
  return "$forwarding"
}

note() { # NAME VALUE
  read -r noted 2>/dev/null <"/run/gatebox/vip/$1.health" || noted=''
  [ "$noted" = "$2" ] || echo "$2" >"/run/gatebox/vip/$1.health"
}

mkdir -p /run/gatebox/vip
turn=0 forwarding=1
while turn=$((turn + 1)); do
  while read -r name address port path; do
    eval "well=\${well_$name:-4}"
    if works "$name" "$address" "$port" "$path"; then well=$((well + 1)); else well=0; fi
    eval "well_$name=$well"
    if [ "$well" -ge 5 ]; then note "$name" 0; else note "$name" 1; fi
  done </etc/gatebox/vip/keepalived/health.list
  sleep 0.2
done
