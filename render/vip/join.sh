#!/bin/sh
# Ends the holding back of each virtual IP NAME for which NAME.joining is 1: when this host hears its holder, or when
# nobody has it, which is not one answer to three questions, each after four adverts of silence. That is longer than another
# host takes to have it. Ends when none is held back. It goes on after a boot.
set -u
kept=/var/lib/gatebox/vip/kept

. ./answers_within.sh

# The beginning of an advert of the virtual IP, as od writes it; of an IPv4 address the whole.
advert() {
  printf '^ 31 %02x ([1-9a-f].|.[1-9a-f])' "$router"
  case $address in
  *:*) ;;
  *)
    echo "${address%/*}" | tr . ' ' | {
      read -r a b c d
      printf ' 01 .. .. .. .. %02x %02x %02x %02x' "$a" "$b" "$c" "$d"
    }
    ;;
  esac
}

# Whether an advert comes within the time of four.
hears_holder() {
  case $address in
  *:*) from="IP6-RECV:112,bind=[$own]" width=24 ;;
  *) from="IP4-RECV:112,bind=$own" width=12 ;;
  esac
  timeout "$window" socat -u "$from" - 2>/dev/null | od -An -v -tx1 "-w$width" | grep -qE "$(advert)"
}

# Sets what is declared of a virtual IP; fails where it no longer is.
read_declared() { # NAME
  read -r _ address interface own _ 2>/dev/null <"/etc/gatebox/vip/keepalived/vips/$1.address" || return 1
  set -- "/etc/gatebox/vip/keepalived/vips/$1.conf"
  router=$(sed -n 's/^ *virtual_router_id //p' "$1")
  window=$(awk '$1 == "advert_int" { print 4 * $2 }' "$1")
}

join() { # NAME
  silent=0 why=''
  # For as long as this run lasts: systemd ends the one that waits for these ("$$"), and may begin another.
  while [ -z "$why" ] && kill -0 "$$" 2>/dev/null && grep -qx 1 "$kept/$1.joining" 2>/dev/null && read_declared "$1"; do
    if hears_holder; then
      why='its holder is heard'
    elif answers_within 1; then
      silent=0
    elif ip -o address show dev "$interface" up 2>/dev/null | grep -qF " $own/"; then
      silent=$((silent + 1))
      [ "$silent" -lt 3 ] || why='nobody has it'
    else
      sleep 0.3
    fi
  done
  [ -n "$why" ] || return 0
  echo 0 >"$kept/$1.joining"
  echo "virtual IP $1: this host takes part, for $why"
}

for file in "$kept"/*.joining; do
  [ -e "$file" ] || continue
  file=${file##*/}
  join "${file%.joining}" &
done
wait
