/** What the host's runtime runs to give a host its network, and to take it back. */
import { failing, family, generate, has, hostNetworkNotes, interfaceOf, isName, setAside } from "./hostNetworkShell.ts";

// Shared by activate and deactivate.
const shared = `notes=${hostNetworkNotes}

${failing}
${interfaceOf}
${isName}
${generate}
${has}
${family}
# Prints each virtual IP that keepalived has put on this host.
held() {
  for file in /etc/gatebox/vip/keepalived/vips/*.address; do
    [ -f "$file" ] || continue
    read -r _ address interface _ <"$file"
    ! has "$interface" "$address" || echo "$address"
  done
}

# Prints default routes as ip(8) takes them, a line each.
defaults() { # FAMILY [dev NAME]
  defaults_family=$1
  shift
  ip "$defaults_family" -o route show default "$@" | sed 's/ linkdown//; s/ dead//; s/ *$//'
}

# Prints what stands: names, addresses (but no virtual IPs) and ways out of the interfaces that the tree declares.
standing() { # TREE
  if systemctl is-active --quiet systemd-networkd.service; then echo 'networkd active'; fi
  while read -r _ mac _; do
    now=$(interface_of "$mac")
    [ -n "$now" ] || continue
    echo "name $mac $now"
    ip -o address show dev "$now" scope global permanent | awk -v mac="$mac" '{ print "address", mac, $4 }'
    for family in -4 -6; do
      defaults "$family" dev "$now" | sed "s/^/way $mac $family /"
    done
  done <"$1/interfaces.list" >"$notes/standing"
  held >"$notes/moving"
  awk 'FILENAME == ARGV[1] { moving[$1] = 1; next } !($1 == "address" && $3 in moving)' "$notes/moving" "$notes/standing"
  rm -f "$notes/standing" "$notes/moving"
}

# Gives an interface its name. A kernel before 6.2 renames only what is down, and loses its routes by that.
rename() { # NOW NAME
  renamed=1
  ip link property del dev "$1" altname "$2" 2>/dev/null || true
  ip link set dev "$1" name "$2" 2>/dev/null && return
  ip link set dev "$1" down
  ip link set dev "$1" name "$2"
  ip link set dev "$2" up
}

# Gives each interface its name; standard input has "MAC NAME". A name that another one still has is freed first.
rename_all() {
  while read -r mac name; do
    now=$(interface_of "$mac")
    if [ -z "$now" ] || [ "$now" = "$name" ]; then continue; fi
    if is_name "$name"; then rename "$name" "gatebox$((moved += 1))"; fi
    rename "$now" "$name"
  done
}
moved=0 renamed=''

# Programs that hold on to an interface by its name have lost it: keepalived stays a backup for ever.
let_find_anew() {
  [ -n "$renamed" ] || return 0
  for unit in keepalived.service conntrackd.service; do
    timeout 30 systemctl try-restart "$unit" 2>/dev/null || true
  done
}

# Makes the files that networkd reads those that netplan makes of all its files. A file with the same text is left alone:
# networkd takes a rewritten file for a changed one, and asks for a DHCP lease anew, say.
sync_generated() {
  scratch=$notes/scratch
  rm -rf "$scratch"
  made=$scratch/run/systemd/network
  set --
  for file in /lib/netplan/*.yaml /etc/netplan/*.yaml /run/netplan/*.yaml; do
    if [ -f "$file" ]; then set -- "$@" "$file"; fi
  done
  words=$(generate "$scratch" "$@" 2>&1) || fail "netplan refuses the configuration: $words"
  mkdir -p "$made" /run/systemd/network
  for file in "$made"/10-netplan-*; do
    [ -f "$file" ] || continue
    cmp -s "$file" "/run/systemd/network/\${file##*/}" && continue
    cp -p "$file" /run/systemd/network/.gatebox-new
    mv -f /run/systemd/network/.gatebox-new "/run/systemd/network/\${file##*/}"
  done
  for file in /run/systemd/network/10-netplan-*; do
    [ -e "$made/\${file##*/}" ] || rm -f "$file"
  done
  rm -rf "$scratch"
}

put_aside() { # TREE
  while read -r file; do
    [ ! -f "$file" ] || mv -f "$file" "$file${setAside}"
  done <"$1/replaces.list"
}

# Puts back what TREE replaced and KEPT (a tree, or nothing) does not.
put_back() { # TREE KEPT
  while read -r file; do
    if [ -n "$2" ] && grep -qxF "$file" "$2/replaces.list"; then continue; fi
    [ ! -f "$file${setAside}" ] || mv -f "$file${setAside}" "$file"
  done <"$1/replaces.list"
}

# Removes the files of TREE that KEPT (a tree, or nothing) does not have.
remove_files() { # TREE KEPT
  while read -r _ place _; do
    if [ -n "$2" ] && awk -v place="$place" '$2 == place { found = 1 } END { exit !found }' "$2/files.list"; then continue; fi
    rm -f "$place"
    case $place in */gatebox.conf) rmdir --ignore-fail-on-non-empty "\${place%/*}" 2>/dev/null || true ;; esac
  done <"$1/files.list"
}
`;

/**
 * `lifecycle/activate`: files, names, settings, then networkd. It is told to reload and never to reconfigure: then it takes
 * no address away that it is to give again. What it leaves where it is because others may need it (addresses and ways out
 * that the tree before declared, and this one does not) goes last, when what is declared stands.
 *
 * Only a change of networkd's own settings needs its restart, after which it finds all addresses as they were.
 */
export function hostNetworkActivate(): string {
  return `#!/bin/sh
# Makes the network of this host what $CURRENT declares.
${shared}
mkdir -p "$notes"
# Once for the first tree, also if this is run again: what stood before any of it.
if [ -z "$PREVIOUS" ] && [ ! -e "$notes/before" ]; then
  standing "$CURRENT" >"$notes/before.new"
  mv -f "$notes/before.new" "$notes/before"
fi
held >"$notes/held"

units_changed=''
while read -r source place mode; do
  cmp -s "$CURRENT/$source" "$place" && continue
  case $place in
  /etc/systemd/networkd.conf.d/*) : >"$notes/restart" ;;
  /etc/systemd/system/*) units_changed=1 ;;
  esac
  install -D -m "$mode" "$CURRENT/$source" "$place.gatebox-new"
  mv -f "$place.gatebox-new" "$place"
done <"$CURRENT/files.list"
if [ -n "$PREVIOUS" ]; then
  remove_files "$PREVIOUS" "$CURRENT"
  put_back "$PREVIOUS" "$CURRENT"
fi
put_aside "$CURRENT"
[ -z "$units_changed" ] || systemctl daemon-reload

awk '{ print $2, $1 }' "$CURRENT/interfaces.list" >"$notes/names"
rename_all <"$notes/names"
rm -f "$notes/names"
# One that was being renamed when a run before this one was killed may be down.
while read -r name _; do
  ip link set dev "$name" up
done <"$CURRENT/interfaces.list"
words=$(sysctl --quiet --load "$CURRENT/sysctl/network.conf" 2>&1) || fail "the kernel refuses a setting: $words"

sync_generated
since=$(date +%s)
if ! systemctl is-active --quiet systemd-networkd.service; then
  systemctl start systemd-networkd.service
elif [ -e "$notes/restart" ]; then
  systemctl restart systemd-networkd.service
fi
rm -f "$notes/restart"
tries=0
# What it has read already it passes over. It has no door open yet when it has just started.
until words=$(timeout 10 networkctl reload 2>&1); do
  tries=$((tries + 1))
  [ "$tries" -lt 25 ] || fail "networkd does not reload: $words"
  sleep 0.2
done

all_stand() {
  while read -r name _ addresses; do
    for address in $addresses; do
      wrong="networkd does not give $name the address $address"
      has "$name" "$address" || return 1
    done
  done <"$CURRENT/interfaces.list"
  while read -r via name source; do
    wrong="networkd does not set the default route via $via on $name"
    defaults "$(family_of "$via")" | grep -qF "default via $via dev $name proto static src $source" || return 1
  done <"$CURRENT/default.list"
}
tries=0
until all_stand; do
  tries=$((tries + 1))
  if [ "$tries" -ge 100 ]; then
    journalctl --quiet --no-pager --output cat --unit systemd-networkd.service --since "@$since" --lines 15 >&2 2>/dev/null || true
    fail "$wrong"
  fi
  sleep 0.1
done

# What only the tree before declared.
if [ -n "$PREVIOUS" ]; then
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
fi
# Two ways out of the same rank: the kernel takes the older one.
while read -r via name source; do
  family=$(family_of "$via")
  defaults "$family" | while read -r route; do
    case "$route " in
    "default via $via dev $name proto static src $source "*) continue ;;
    *' metric 1024 '*) ;;
    *' metric '*) continue ;;
    esac
    # shellcheck disable=SC2086 # words of ip(8), as it printed them
    ip "$family" route del $route
  done
done <"$CURRENT/default.list"

let_find_anew
# Addresses that move have moved then, and come back when keepalived has found its interfaces.
[ -z "$renamed" ] || : >"$notes/held"
`;
}

/**
 * `lifecycle/deactivate`: netplan's other files have their say again. Nothing that stands is taken away: a host keeps its
 * addresses, whether anything gives it them any more or not. networkd does not run meanwhile, for it would.
 *
 * Where the first tree failed, what stood before it is put back: names, addresses, ways out.
 */
export function hostNetworkDeactivate(): string {
  return `#!/bin/sh
# Gives the network of this host back, because its base is being removed, or was never in force.
${shared}
tree=$(pwd)
mkdir -p "$notes"
target=$notes/before
if [ ! -e "$target" ]; then
  target=$notes/now
  standing "$tree" >"$target"
fi

systemctl stop systemd-networkd.socket systemd-networkd.service 2>/dev/null || true
remove_files "$tree" ''
put_back "$tree" ''
systemctl daemon-reload
awk '$1 == "name" { print $2, $3 }' "$target" >"$notes/names"
rename_all <"$notes/names"
while read -r name _; do
  rm -f "/run/systemd/network/10-netplan-$name".*
done <interfaces.list
# What is wrong with files that are not ours must not keep this host from its former network.
if command -v netplan >/dev/null; then (sync_generated) || true; fi
if grep -qx 'networkd active' "$target"; then systemctl start systemd-networkd.service; fi

restore() {
  while read -r kind mac rest; do
    name=$(interface_of "$mac" 2>/dev/null)
    [ -n "$name" ] || continue
    case $kind in
    address) has "$name" "$rest" || ip address add "$rest" dev "$name" 2>/dev/null || true ;;
    way)
      family=\${rest%% *} route=\${rest#* }
      # shellcheck disable=SC2086 # words of ip(8), as it printed them
      defaults "$family" dev "$name" | grep -qxF "$route" || ip "$family" route append $route dev "$name" 2>/dev/null || true
      ;;
    esac
  done <"$target"
}
# networkd starts with what its other files say, and takes from these interfaces what they do not: it has done so when it
# no longer calls them pending.
settled() {
  systemctl is-active --quiet systemd-networkd.service || return 0
  while read -r kind mac _; do
    [ "$kind" = name ] || continue
    case $(networkctl --no-legend --no-pager list "$(interface_of "$mac")" 2>/dev/null | awk '{ print $NF }') in
    configuring | configured | unmanaged | failed | linger) ;;
    *) return 1 ;;
    esac
  done <"$target"
}
rounds=0
until { [ "$rounds" -ge 5 ] && settled; } || [ "$rounds" -ge 50 ]; do
  restore
  sleep 0.2
  rounds=$((rounds + 1))
done
restore

# What only this tree brought.
if [ "$target" = "$notes/before" ]; then
  while read -r _ mac addresses; do
    name=$(interface_of "$mac")
    for address in $addresses; do
      grep -qxF "address $mac $address" "$target" || [ -z "$name" ] || ip address del "$address" dev "$name" 2>/dev/null || true
    done
  done <interfaces.list
  while read -r _ mac _; do
    name=$(interface_of "$mac")
    [ -n "$name" ] || continue
    for family in -4 -6; do
      defaults "$family" dev "$name" | while read -r route; do
        # shellcheck disable=SC2086 # words of ip(8), as it printed them
        grep -qxF "way $mac $family $route" "$target" || ip "$family" route del $route dev "$name"
      done
    done
  done <interfaces.list
fi
let_find_anew
rm -rf "$notes"
`;
}
