#!/bin/sh
# Takes this host out of traffic. `gatebox drain` sends it, behind the settings that begin it, and reads what it prints: a thing in
# a line, from "gatebox-drain 1" to "end". Whatever fails before the end is undone.
#
#   own, virtual     ADDRESS=PORTS words of clients, at the host's own addresses and at virtual IPs
#   reloads          units to reload
#   assemblies       whose transactions are kept out
#   rules            the mark, in base64
#   forced           1: also where no other host takes a virtual IP
set -u
. ./places.sh
. ./locks.sh
. ./rest.sh
. ../shell/until.sh
: "${own?}" "${virtual?}" "${reloads?}" "${assemblies?}" "${rules:?}" "${forced?}"

# Gives the host what it had, where it does not come to the end.
give_back() {
  # Without the locks somebody else is at work here.
  if [ -z "${begun:-}" ] || [ -n "${finished:-}" ] || [ -e "$mark" ]; then return; fi
  nft delete table inet gatebox_drained 2>/dev/null || :
  rm -f "$mark.new" "$mark.said" "$announcement" "/etc/systemd/system/$unit" "/etc/systemd/system/sysinit.target.wants/$unit"
  [ -z "${moving:-}" ] || [ ! -e "$vip/scripts/drain" ] || sh "$vip/scripts/drain" off >/dev/null 2>&1 || :
}
trap give_back EXIT
trap 'exit 1' TERM INT HUP

refuse_new() {
  refused=$(nft -f "$mark.new" 2>&1) || stop_with "nftables refuses the rules: $refused"
}

# The processes of the unit that listen, the first of them aside: it goes on over a reload.
listeners() { # UNIT
  first=$(systemctl show --property MainPID --value "$1")
  ss -Hltnp | grep -oE 'pid=[0-9]+' | sort -u | while IFS='=' read -r _ process; do
    [ "$process" != "$first" ] && is_below "$process" "$first" && echo "$process"
  done
}

is_below() { # PROCESS PARENT
  read -r _ _ _ parent _ 2>/dev/null <"/proc/$1/stat" && [ "$parent" = "$2" ]
}

all_replaced() {
  now=$(listeners "$one")
  [ -n "$now" ] || return 1
  for process in $before; do
    case "
$now
" in *"
$process
"*) return 1 ;; esac
  done
}

# After it a program says with each answer on a connection that it keeps that this one was the last.
reload_all() {
  for one in $reloads; do
    systemctl is-active --quiet "$one" || continue
    before=$(listeners "$one")
    unlocked timeout 30 systemctl reload "$one" >/dev/null || stop_with "$one does not reload; look: journalctl -u $one"
    # Its connections are no reason to stay in traffic: whoever has not changed in time goes on.
    try_until 100 0.05 all_replaced || :
  done
}

# An element of these sets goes by itself: nobody keeps packets waiting for longer, whatever becomes of this.
hold_new() {
  for word in $virtual; do
    held=${word%%=*}
    case $held in *:*) set=held6 ;; *) set=held4 ;; esac
    [ -z "$(ip -o address show to "$held")" ] || nft add element inet gatebox_drained "$set" "{ $held timeout 3s }" 2>/dev/null || :
  done
}

none_at_virtual() {
  # shellcheck disable=SC2086 # words
  at_virtual=$(connections_at $virtual)
  [ "$at_virtual" = 0 ]
}

# Seconds that another host takes to have an address, after which this one gives it up: some three adverts, or no time at all where
# an address does not go by priority.
takes() {
  ! grep -qs '^ *nopreempt$' "$vip"/keepalived/vips/*.conf || { echo 0; return; }
  cat "$vip"/keepalived/vips/*.conf | awk '$1 == "advert_int" && $2 > most { most = $2 } END { print 3 * most }'
}

# What is under way at a virtual IP ends with its move. So for the last half of a second nothing new begins here: what short requests
# ask for arrives, and who was not heard asks again a second later, and finds the new holder.
move_virtual() {
  [ -e "$vip/scripts/drain" ] || return 0
  moving=1
  none_at_virtual || :
  seconds=$(takes)
  later=$(awk -v seconds="$seconds" 'BEGIN { print (seconds > 0.5 ? seconds - 0.5 : 0) }')
  if [ "$later" = 0 ]; then
    hold_new
    try_until 6 0.05 none_at_virtual || :
  fi
  unlocked timeout 30 sh "$vip/scripts/drain" >"$mark.said" 2>&1 &
  if [ "$later" != 0 ]; then
    sleep "$later"
    hold_new
    try_until 6 0.05 none_at_virtual || :
  fi
  wait "$!" && return
  said=$(cat "$mark.said")
  [ "$forced" = 1 ] || stop_with "$said; it is not drained"
  # What nobody else can take stays here.
  sh "$vip/scripts/drain" off >/dev/null 2>&1 || :
  nft flush set inet gatebox_drained held4 && nft flush set inet gatebox_drained held6
  stays=1
  echo "stays $said"
}

# Systemd's name for it is enabled by a link, as it would be by `systemctl enable`, and stands before the network does.
keep() {
  {
    mkdir -p /etc/systemd/system/sysinit.target.wants && unit_text >"/etc/systemd/system/$unit" &&
      ln -sf "/etc/systemd/system/$unit" "/etc/systemd/system/sysinit.target.wants/$unit"
  } || stop_with 'cannot write to /etc/systemd/system'
  [ -n "${stays:-}" ] || sed -i '1s/^#.*/# gatebox drain: virtual IPs go elsewhere. gatebox undrain ends that./' "$mark.new"
  { sync "$mark.new" && mv -f "$mark.new" "$mark"; } || stop_with "cannot write to $mark"
  unlocked timeout 20 systemctl daemon-reload && unlocked timeout 20 systemctl start "$unit" || echo "odd $unit does not start; look: systemctl status $unit"
}

unit_text() {
  cat <<UNIT
[Unit]
Description=Gatebox: this host is drained (gatebox undrain ends that)
DefaultDependencies=no
RequiresMountsFor=/var/lib/gatebox
ConditionPathExists=$mark
Wants=network-pre.target
After=nftables.service
Before=network-pre.target keepalived.service haproxy.service nginx.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f $mark
ExecStart=/bin/sh -c 'if grep -q "virtual IPs go" $mark; then install -d -m 0700 $locks; mkdir -p $locks/vip; echo -253 >$locks/vip/drain; fi'

[Install]
WantedBy=sysinit.target
UNIT
}

drain() {
  echo 'gatebox-drain 1'
  # shellcheck disable=SC2086 # names
  take_locks "${GATEBOX_LOCK_WAIT:-15}" $assemblies
  begun=1
  if [ -e "$mark" ]; then
    echo already
  else
    # Anew: what follows takes less than the two minutes for which it counts.
    : >"$announcement"
    mkdir -p "${mark%/*}"
    printf '%s' "$rules" | base64 -d >"$mark.new" || stop_with "cannot write to $mark.new"
    refuse_new
    reload_all
    move_virtual
    echo "cut-off ${at_virtual:-0}"
    keep
  fi
  finished=1
  rm -f "$announcement" "$mark.said"
  # shellcheck disable=SC2086 # words
  echo "remaining $(connections_at $own)"
  echo end
}

# Nothing that it calls may read on in this script.
drain </dev/null
