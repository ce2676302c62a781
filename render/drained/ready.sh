#!/bin/sh
# Prints how this host is, for whoever is about to drain another one or to give this one traffic again: a thing in a line, from
# "gatebox-ready 1" to "end".
#
#   asked       assemblies whose probes are to be run: those that `up` goes by
#   announces   1: this host is about to be drained; its peers' operators are told so for two minutes. 0: no longer. Else: nothing
set -u
. ./places.sh
. ./locks.sh
: "${asked?}" "${announces?}"
stays=120

# An announcement is a time and not a lock: whatever becomes of who has made it, it ends.
age_of() { # FILE
  then=$(stat -c %Y "$1" 2>/dev/null) || return 1
  echo $(($(date +%s) - then))
}

announce() {
  case $announces in
  1)
    (umask 077 && mkdir -p "$locks")
    if age=$(age_of "$announcement") && [ "$age" -lt "$stays" ]; then echo draining; else : >"$announcement"; fi
    ;;
  0) rm -f "$announcement" ;;
  *) if age=$(age_of "$announcement") && [ "$age" -lt "$stays" ]; then echo draining; fi ;;
  esac
}

# As the runtime runs it, in its lock for as long as it takes: what an `up` is changing is not asked.
probe() { # ASSEMBLY
  tree=$(readlink -f "/etc/gatebox/$1")
  [ -f "$tree/lifecycle/probe" ] || { echo "fails $1 is not applied"; return 0; }
  (
    { private_lock "$1" && exec 9>"$locks/$1.lock" && flock -w 1 9; } || { echo "changing $1"; exit 0; }
    cd "$tree" || exit 0
    if words=$(TREE=$tree CURRENT=/etc/gatebox/$1 PREVIOUS='' timeout -k 1 30 sh -eu lifecycle/probe 2>&1 </dev/null 9>&-); then
      echo "works $1"
    else
      printf 'fails %s %s\n' "$1" "$(printf '%s\n' "$words" | tail -n 1 | tr -d '\000-\037\177' | cut -c 1-300)"
    fi
  )
}

# "vip NAME STATE", with "held-back" where this host does not take part yet.
virtual_ips() {
  for file in "$vip"/keepalived/vips/*.address; do
    [ -e "$file" ] || continue
    name=${file##*/} name=${name%.address}
    state=none
    read -r state _ 2>/dev/null <"$locks/vip/$name.state"
    if grep -qsx 1 "/var/lib/gatebox/vip/kept/$name.joining"; then echo "vip $name $state held-back"; else echo "vip $name $state"; fi
  done
}

# Which backends, and which of their servers, the HAProxies of this host have found to be up.
routes() {
  for socket in /run/haproxy/admin.sock /run/gatebox/control-plane/admin.sock; do
    [ -S "$socket" ] || continue
    echo 'show stat -1 6 -1' | timeout 3 socat -t 3 - "UNIX-CONNECT:$socket" 2>/dev/null | awk -F , '
      $1 ~ /^[A-Za-z0-9]/ && $18 ~ /^(UP|DOWN)/ { print "route", $1 ($2 == "BACKEND" ? "" : "/" $2), ($18 ~ /^UP/ ? "up" : "down") }'
  done
}

# Whether each shared volume is whole: no brick has anything left to heal from the time that a host was away.
volumes() {
  command -v gluster >/dev/null && systemctl is-active --quiet glusterd.service || return 0
  for volume in $(timeout 5 gluster --mode=script volume list 2>/dev/null | grep -xE '[A-Za-z0-9_-]+'); do
    counts=$(timeout 15 gluster --mode=script volume heal "$volume" statistics heal-count 2>/dev/null) || continue
    bricks=$(printf '%s\n' "$counts" | grep -c '^Brick ')
    whole=$(printf '%s\n' "$counts" | grep -c '^Number of entries: 0$')
    if [ "$bricks" -gt 0 ] && [ "$bricks" = "$whole" ]; then echo "route volume/$volume up"; else echo "route volume/$volume down"; fi
  done
}

ready() {
  echo 'gatebox-ready 1'
  read -r boot </proc/sys/kernel/random/boot_id && echo "boot $boot"
  if [ -e "$mark" ]; then echo "drained $(stat -c %Y "$mark")"; fi
  announce
  # At once: one may wait for seconds, and each prints one line.
  for assembly in $asked; do probe "$assembly" & done
  wait
  virtual_ips
  routes
  volumes
  echo end
}

# Nothing that it calls may read on in this script.
ready </dev/null
