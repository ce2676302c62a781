#!/bin/sh
# Do the virtual IPs of this host work as $CURRENT declares them? keepalived runs what is declared, its watch is up, and each
# virtual IP has come to a state in which this host is of use (MASTER or BACKUP), with the address there exactly when it holds
# it. A host that is drained may hold none, nor one that is held back until the holder is changed as well.
. ../shell/until.sh
. ./running.sh

keepalived_runs() {
  wrong='keepalived is not running'
  systemctl is-active --quiet keepalived.service || return 1
  for one in health watch; do
    wrong="gatebox-vip-$one.service is not running"
    systemctl is-active --quiet "gatebox-vip-$one.service" || return 1
  done
  wrong='keepalived does not say what it runs'
  now=$(running) || return 1
  wrong='keepalived runs other virtual IPs than declared'
  [ "$now" = "$(declared "$CURRENT")" ]
}

states_reached() {
  for file in "$CURRENT"/keepalived/vips/*.address; do
    [ -e "$file" ] || continue
    read -r name address interface _ <"$file"
    state=none
    read -r state _ 2>/dev/null <"/run/gatebox/vip/$name.state"
    held=$(ip -o address show dev "$interface" to "${address%/*}")
    case $state in
    MASTER)
      wrong="virtual IP $name: this host is its holder, but $interface does not have $address"
      [ -n "$held" ] || return 1
      ;;
    BACKUP)
      wrong="virtual IP $name: this host is a backup, but $interface has $address"
      [ -z "$held" ] || return 1
      ;;
    *)
      [ "$(cat /run/gatebox/vip/drain 2>/dev/null || echo 0)" = 0 ] || continue
      # Held back for as long as its holder does not know of this host. Mostly it does, and that is over after ten tries.
      if grep -qsx 1 "/var/lib/gatebox/vip/kept/$name.joining" && [ "$tries_left" -le 30 ]; then continue; fi
      wrong="virtual IP $name: this host cannot hold it (state $state): what it tracks does not work here$(tracked "$file")"
      return 1
      ;;
    esac
  done
}

# What the virtual IP of the file tracks, for the message.
tracked() { # FILE
  sed -n '/track_/,/}/s/^ *\(@events *\)\{0,1\}\([A-Za-z0-9_.-]*\)$/ \2/p' "${1%.address}.conf" | sort -u | tr -d '\n'
}

works() {
  keepalived_runs && states_reached
}

try_until 40 0.2 works || { echo "$wrong" >&2; exit 1; }
