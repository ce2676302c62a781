#!/bin/sh
# Notices a keepalived that exists but no longer works, and takes its addresses off this host. If it is killed, systemd runs
# `release`; but a keepalived that is stopped (or hangs) keeps its address, and its kernel answers for it beside the new
# holder's.
#
# Five times a second it reads two files of /proc, no more. Its process is stopped: seen twice in a row (0.2-0.4 s). Nothing in
# it has run for $idle_readings readings (four, 0.8 s, where adverts are frequent) though it holds an address, for which it
# would send an advert in each of its intervals: it hangs. (Not where the kernel does not count when processes run:
# CONFIG_SCHED_INFO.) Gone without a trace is noticed sooner (0.4 s). Then it is killed and its addresses are taken off;
# systemd starts it again.
set -u
# shellcheck source=/dev/null
. /etc/gatebox/vip/lifecycle/settings
: "${idle_readings:?}"

holds_any() {
  for file in /etc/gatebox/vip/keepalived/vips/*.address; do
    [ -e "$file" ] || continue
    read -r _ address interface _ <"$file"
    [ -z "$(ip -o address show dev "$interface" to "${address%/*}" 2>/dev/null)" ] || return 0
  done
  return 1
}

put_down() {
  echo "keepalived $1; killing it and taking its addresses off this host"
  parent=''
  read -r parent 2>/dev/null </run/gatebox/vip/keepalived.pid
  kill -KILL "$pid" ${parent:+"$parent"} 2>/dev/null
  sh /etc/gatebox/vip/scripts/release
  pid=0 idle=0 stopped=0
}

pid=0 idle=0 stopped=0 slices=-1 ran_before=-1
while sleep 0.2; do
  ran_before=$slices
  slices=-1 state=gone
  read -r pid 2>/dev/null </run/gatebox/vip/vrrp.pid || { pid=0 idle=0 stopped=0; continue; }
  read -r _ _ state _ 2>/dev/null <"/proc/$pid/stat" || state=gone
  read -r _ _ slices 2>/dev/null <"/proc/$pid/schedstat" || slices=-1
  if [ "$state" = T ]; then stopped=$((stopped + 1)); else stopped=0; fi
  if [ "$slices" = "$ran_before" ]; then idle=$((idle + 1)); else idle=0; fi
  if [ "$stopped" -ge 2 ]; then
    put_down 'is stopped'
  elif [ "$state" = gone ] && [ $((idle % 4)) = 2 ] && holds_any; then
    put_down 'is gone'
  elif [ "$idle" -ge "$idle_readings" ] && [ "$slices" -gt 0 ] && [ $((idle % 4)) = 0 ] && holds_any; then
    put_down 'hangs'
  fi
done
