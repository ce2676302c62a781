/** Pieces of shell that giving a host its network and taking it back share. */
import {
  failing,
  family,
  generate,
  has,
  hostNetworkBefore,
  hostNetworkNotes,
  interfaceOf,
  isName,
  setAside,
} from "./hostNetworkShell.ts";
import { withoutStanzas } from "./ifupdown.ts";

/** What both begin with: functions only, and where they leave their notes. */
export const hostNetworkFunctions = `notes=${hostNetworkNotes}
before=${hostNetworkBefore}

${failing}
${interfaceOf}
${isName}
${generate}
${has}
${family}
${withoutStanzas}
# Prints each virtual IP that keepalived has put on this host.
held() {
  for file in /etc/gatebox/vip/keepalived/vips/*.address; do
    [ -f "$file" ] || continue
    read -r _ address interface _ <"$file"
    ! has "$interface" "$address" || echo "$address"
  done
}

# Prints default routes as ip(8) takes them, a line each.
defaults() { # FAMILY
  ip "$1" -o route show default | sed 's/ linkdown//; s/ dead//; s/ expires [0-9]*sec//; s/ *$//'
}

# Prints the routes by an interface that somebody set, in any table, as ip(8) takes them. Those of router advertisements are
# not among them: ip(8) does not take their "expires 1799sec", which is another one a second later, and a router tells of
# them anew.
routes() { # FAMILY NAME
  ip "$1" -o route show table all dev "$2" | sed 's/ linkdown//; s/ dead//; s/ *$//' |
    awk '/^(local|broadcast|anycast|multicast) / || / (proto (kernel|ra)|table local|expires [0-9]+sec)( |$)/ { next } { print }'
}

# Prints "route MAC FAMILY ROUTE" for those of the interface NAME with the hardware address MAC.
routes_of() { # MAC NAME
  for family in -4 -6; do
    routes "$family" "$2" | sed "s/^/route $1 $family /"
  done
}

# Prints what stands: settings, and names, addresses (but no virtual IPs) and routes of the interfaces that the tree
# declares. An address of IPv4 that had been leased is among them: whoever renewed the lease may not take it up again.
standing() { # TREE
  if systemctl is-active --quiet systemd-networkd.service; then echo 'networkd active'; fi
  while read -r key _ _; do
    case $key in '#'* | '') ;; *) echo "setting /proc/sys/$(echo "$key" | tr . /) $(sysctl -n "$key")" ;; esac
  done <"$1/sysctl/network.conf"
  while read -r _ mac _; do
    now=$(interface_of "$mac")
    [ -n "$now" ] || continue
    echo "name $mac $now"
    advertised=/proc/sys/net/ipv6/conf/$now/accept_ra
    [ ! -f "$advertised" ] || echo "advertised $mac $(cat "$advertised")"
    ip -4 -o address show dev "$now" scope global | awk -v mac="$mac" '{ print "address", mac, $4 }'
    ip -6 -o address show dev "$now" scope global permanent | awk -v mac="$mac" '{ print "address", mac, $4 }'
    routes_of "$mac" "$now"
  done <"$1/interfaces.list" >"$notes/standing"
  held >"$notes/moving"
  awk 'FILENAME == ARGV[1] { moving[$1] = 1; next } !($1 == "address" && $3 in moving)' "$notes/moving" "$notes/standing"
  rm -f "$notes/standing" "$notes/moving"
}

# Sets those routes of FILE ("route MAC FAMILY ROUTE") that are missing.
put_routes() { # FILE
  awk '$1 == "route" { print $2, $3 }' "$1" | sort -u | while read -r mac family; do
    name=$(interface_of "$mac")
    [ -n "$name" ] || continue
    routes "$family" "$name" >"$notes/there"
    sed -n "s/^route $mac $family //p" "$1" | grep -vxFf "$notes/there" | while read -r route; do
      # shellcheck disable=SC2086 # words of ip(8), as it printed them
      ip "$family" route append $route dev "$name" 2>/dev/null || true
    done
  done
  rm -f "$notes/there"
}

# Gives an interface its name, or leaves in $wrong why it has it not; it is up in any case, as it was. A kernel before 6.2
# renames only what is down, and loses its routes by that.
rename() { # NOW NAME
  renamed=1
  ip link property del dev "$1" altname "$2" 2>/dev/null || true
  words=$(ip link set dev "$1" name "$2" 2>&1) && return
  wrong="the interface $1 does not take the name $2: $words"
  case $words in *[Bb]usy*) ;; *) return 1 ;; esac
  ip link set dev "$1" down
  if words=$(ip link set dev "$1" name "$2" 2>&1); then
    ip link set dev "$2" up
  else
    wrong="the interface $1 does not take the name $2: $words"
    ip link set dev "$1" up
    return 1
  fi
}

# Gives each interface its name, or leaves in $wrong why one has it not. A name that another one still has is freed first.
# "lost" has the routes that are to be there afterwards; it is there already where a run before this one was killed.
rename_all() { # FILE ("MAC NAME" of each)
  while read -r mac name; do
    now=$(interface_of "$mac")
    if [ -n "$now" ] && [ "$now" != "$name" ]; then echo "$now"; fi
  done <"$1" >"$notes/misnamed"
  if [ -e "$notes/lost" ]; then
    renamed=1
  elif [ -s "$notes/misnamed" ]; then
    while read -r mac _; do
      now=$(interface_of "$mac")
      [ -z "$now" ] || routes_of "$mac" "$now"
    done <"$1" >"$notes/lost.new"
    mv -f "$notes/lost.new" "$notes/lost"
  fi
  refused=''
  while read -r mac name; do
    now=$(interface_of "$mac")
    if [ -z "$now" ] || [ "$now" = "$name" ]; then continue; fi
    if is_name "$name"; then rename "$name" "gatebox$((moved += 1))" || refused=$wrong; fi
    rename "$now" "$name" || refused=$wrong
  done <"$1"
  while read -r mac _; do
    now=$(interface_of "$mac")
    [ -z "$now" ] || ip link set dev "$now" up || true
  done <"$1"
  [ ! -e "$notes/lost" ] || put_routes "$notes/lost"
  rm -f "$1" "$notes/misnamed"
  [ -z "$refused" ] || wrong=$refused
  [ -z "$refused" ]
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

# Writes a file anew from standard input, unless that is what it says; it keeps its mode.
write_again() { # FILE
  again=\${1%/*}/.gatebox-new
  cp -p "$1" "$again"
  cat >"$again"
  if cmp -s "$1" "$again"; then rm -f "$again"; else mv -f "$again" "$1"; fi
}

# Sets aside what the tree replaces: a whole file of netplan, of one of ifupdown the lines about our interfaces.
put_aside() { # TREE
  while read -r file; do
    [ -f "$file" ] || continue
    case $file in
    /etc/network/*)
      set -- "$1"
      while read -r name mac _; do
        set -- "$@" "$name" "$(interface_of "$mac")"
      done <"$1/interfaces.list"
      (shift && without_stanzas "$file" "$@") | write_again "$file"
      ;;
    *) mv -f "$file" "$file${setAside}" ;;
    esac
  done <"$1/replaces.list"
}

# Puts back what TREE replaced and KEPT (a tree, or nothing) does not.
put_back() { # TREE KEPT
  while read -r file; do
    if [ -n "$2" ] && grep -qxF "$file" "$2/replaces.list"; then continue; fi
    case $file in
    /etc/network/*) [ ! -f "$file" ] || with_stanzas "$file" | write_again "$file" ;;
    *) [ ! -f "$file${setAside}" ] || mv -f "$file${setAside}" "$file" ;;
    esac
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
