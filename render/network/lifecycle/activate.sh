#!/bin/sh
# Makes the network of this host what $CURRENT declares: files, names, settings, then networkd. It is asked to reload and never
# to reconfigure: then it takes no address away that it is to give again. What it leaves where it is because others may need it
# (addresses and default routes that the previous tree declared, and this one does not) goes last, when what is declared stands.
# Only a change of networkd's own settings needs its restart, after which it finds all addresses as they were.
notes=/run/gatebox/network
before=/var/lib/gatebox/network/before

. ../../shell/fail.sh
. ../../shell/interface_of.sh
. ../../shell/until.sh
. ../shell/change.sh

# Puts the copies of the tree's files where they are read.
place_files() {
  units_changed=''
  while read -r source place mode; do
    # Of an attempt that was killed.
    rm -f "$place.gatebox-new"
    cmp -s "$CURRENT/$source" "$place" && continue
    case $place in
    /etc/systemd/networkd.conf.d/*) : >"$notes/restart" ;;
    /etc/systemd/system/*) units_changed=1 ;;
    esac
    install -D -m "$mode" "$CURRENT/$source" "$place.gatebox-new"
    # After a power cut it has what it had or this, whole: the previous files are aside by then.
    sync "$place.gatebox-new"
    mv -f "$place.gatebox-new" "$place"
  done <"$CURRENT/files.list"
  if [ -n "$PREVIOUS" ]; then
    remove_files "$PREVIOUS" "$CURRENT"
    put_back "$PREVIOUS" "$CURRENT"
  fi
  put_aside "$CURRENT"
  [ -z "$units_changed" ] || systemctl daemon-reload
}

start_networkd() {
  if ! systemctl is-active --quiet systemd-networkd.service; then
    systemctl start systemd-networkd.service
  elif [ -e "$notes/restart" ]; then
    systemctl restart systemd-networkd.service
  fi
  rm -f "$notes/restart"
}

# What it has read already it passes over. It has no socket yet when it has just started.
reloads() {
  output=$(timeout 10 networkctl reload 2>&1)
}

# Prints default routes as ip(8) takes them, a line each.
ip_default_routes() { # FAMILY
  ip "$1" -o route show default | sed 's/ linkdown//; s/ dead//; s/ expires [0-9]*sec//; s/ *$//'
}

all_stand() {
  while read -r name _ addresses; do
    for address in $addresses; do
      wrong="networkd does not give $name the address $address"
      has "$name" "$address" || return 1
    done
  done <"$CURRENT/interfaces.list"
  while read -r via name source; do
    wrong="networkd does not set the default route via $via on $name"
    ip_default_routes "$(family_of "$via")" | grep -qF "default via $via dev $name proto static src $source" || return 1
  done <"$CURRENT/default.list"
}

# Takes away what only the previous tree declared.
remove_undeclared() {
  while read -r _ mac addresses; do
    name=$(interface_of "$mac")
    for address in $addresses; do
      if awk -v mac="$mac" -v address="$address" '
        $2 == mac { for (i = 3; i <= NF; i++) if ($i == address) found = 1 }
        END { exit !found }' "$CURRENT/interfaces.list"; then continue; fi
      [ -z "$name" ] || ip address del "$address" dev "$name" 2>/dev/null || true
    done
  done <"$PREVIOUS/interfaces.list"
  while read -r via name source; do
    grep -qxF "$via $name $source" "$CURRENT/default.list" ||
      ip "$(family_of "$via")" route del default via "$via" dev "$name" proto static src "$source" 2>/dev/null || true
  done <"$PREVIOUS/default.list"
}

# Removes other default routes of the same metric: of two the kernel takes the older one.
remove_other_default_routes() {
  while read -r via name source; do
    family=$(family_of "$via")
    ip_default_routes "$family" | while read -r route; do
      case "$route " in
      "default via $via dev $name proto static src $source "*) continue ;;
      *' metric 1024 '*) ;;
      *' metric '*) continue ;;
      esac
      # shellcheck disable=SC2086 # arguments of ip(8), as it printed them
      ip "$family" route del $route
    done
  done <"$CURRENT/default.list"
}

# Whether keepalived goes by an interface that is not there.
keepalived_misses_interface() {
  virtual_ips | {
    while read -r _ interface; do
      is_name "$interface" || exit 0
    done
    exit 1
  }
}

mkdir -p "$notes"
# Once for the first tree, also if this is run again: what stood before any of it.
if [ -z "$PREVIOUS" ] && [ ! -e "$before" ]; then
  standing "$CURRENT" >"$before.new"
  sync "$before.new"
  mv -f "$before.new" "$before"
  sync "${before%/*}"
fi
held_virtual_ips >"$notes/held"

place_files
awk '{ print $2, $1 }' "$CURRENT/interfaces.list" >"$notes/names"
rename_all "$notes/names" || fail "$wrong"
output=$(sysctl --quiet --load "$CURRENT/sysctl/network.conf" 2>&1) || fail "the kernel refuses a setting: $output"

sync_generated
since=$(date +%s)
start_networkd
try_until 25 0.2 reloads || fail "networkd does not reload: $output"
if ! try_until 100 0.1 all_stand; then
  journalctl --quiet --no-pager --output cat --unit systemd-networkd.service --since "@$since" --lines 15 >&2 2>/dev/null || true
  fail "$wrong"
fi

# networkd may have taken them for its own meanwhile, before it was asked to leave them alone.
[ ! -e "$notes/lost" ] || put_routes "$notes/lost"
[ -z "$PREVIOUS" ] || remove_undeclared
remove_other_default_routes
rm -f "$notes/lost"
restart_users
# Addresses that move have moved then, and come back when keepalived has found its interfaces; but not without them.
if [ -n "$renamed" ] && ! keepalived_misses_interface; then : >"$notes/held"; fi
