/** What the host's runtime runs to see whether a network that was staged fits its host. */
import { failing, family, generate, holderOf, interfaceOf, isName, waysOut } from "./hostNetworkShell.ts";

/**
 * `lifecycle/check`: netplan's own generator on all files of the host together, and what it does not see: an interface that
 * is not there, another program or another file that configures it too, an address that a stranger has.
 */
export function hostNetworkCheck(): string {
  return `#!/bin/sh
# Does the network of the staged tree $TREE fit this host? Changes nothing.
${failing}
${interfaceOf}
${isName}
${holderOf}
${generate}
${family}
${waysOut}
# Whether FILE of networkd is for the interface NAME with the hardware address MAC. What cannot be told counts as yes.
is_for() { # FILE NAME MAC
  awk '/^\\[/ { inside = ($0 == "[Match]"); next } inside && /^[A-Za-z]+=/' "$1" >"$trial/match"
  while IFS='=' read -r key values; do
    found=''
    set -f
    for value in $values; do
      case $key in
      Name)
        # shellcheck disable=SC2254 # a pattern is meant
        case $2 in $value) found=1 ;; esac
        ;;
      MACAddress | PermanentMACAddress) [ "$(echo "$value" | tr A-F a-f)" != "$3" ] || found=1 ;;
      Type) [ "$value" != ether ] || found=1 ;;
      *) found=1 ;;
      esac
      case $value in '!'*) found=1 ;; esac
    done
    set +f
    [ -n "$found" ] || [ -z "$values" ] || return 1
  done <"$trial/match"
}

# Prints the file of a live tree that goes by this name of an interface: without it keepalived would leave its addresses to
# nobody, and a firewall would let everything pass.
namer_of() { # NAME
  for file in /etc/gatebox/vip/keepalived/vips/*.address; do
    [ ! -f "$file" ] || ! awk -v name="$1" '$3 == name { found = 1 } END { exit !found }' "$file" || echo "$file"
  done | head -n 1 | grep . || grep -rlF "\\"$1\\"" /etc/gatebox/gateway/border /etc/gatebox/nat/nft 2>/dev/null | head -n 1
}

# Prints "PROGRAM PROCESS" of the DHCP client that runs for one of these interfaces, or for whichever there are.
client_of() { # NAME...
  for process in /proc/[0-9]*; do
    case $(cat "$process/comm" 2>/dev/null) in dhclient | dhcpcd | udhcpc) ;; *) continue ;; esac
    # That of a container is none of ours.
    [ "$(readlink "$process/ns/net")" = "$(readlink /proc/self/ns/net)" ] || continue
    words=$(tr '\\0' ' ' <"$process/cmdline") for_all=1 for_ours=''
    for word in $words; do
      if is_name "$word"; then for_all=''; fi
      for name_; do [ "$word" != "$name_" ] || for_ours=1; done
    done
    if [ -n "$for_all$for_ours" ]; then
      echo "$(cat "$process/comm") \${process#/proc/}"
      return
    fi
  done
}

sorts_before() { # NAME OTHER
  [ "$1" != "$2" ] && [ "$(printf '%s\\n%s\\n' "$1" "$2" | LC_ALL=C sort | head -n 1)" = "$1" ]
}

trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT

# The interfaces are there, under their names or others, and no name is taken. "now" has "NAME NOW MAC ADDRESS…".
while read -r name mac addresses; do
  now=$(interface_of "$mac")
  [ -n "$now" ] || fail "no interface of this host has the hardware address $mac, which is declared for $name; it has:
$(ip -br link show | awk '$1 != "lo" { print $1, $3 }')"
  echo "$name $now $mac $addresses" >>"$trial/now"
done <interfaces.list
ours=$(awk '{ print $1; print $2 }' "$trial/now")
cards=$(awk '{ print $2 }' "$trial/now")
while read -r name now _; do
  master=$(ip -o link show dev "$now" | sed -n 's/.* master \\([^ ]*\\) .*/\\1/p')
  [ -z "$master" ] ||
    fail "$now is a port of $master: hostNetworks writes plain cards only; take it out of $master, or the host out of hostNetworks.pools"
  holder=$(holder_of "$name")
  if [ -n "$holder" ] && [ "$holder" != "$now" ]; then
    fail "$now is to be named $name, which is an alternative name of $holder; remove it: ip link property del dev $holder altname $name"
  fi
  if [ "$name" = "$now" ]; then continue; fi
  namer=$(namer_of "$now")
  [ -z "$namer" ] ||
    fail "$now is to be named $name, but $namer names it and is in force: keep its name, by interfaces: of this host, or drain the host and remove that unit first"
  is_name "$name" || continue
  echo "$cards" | grep -qxF "$name" ||
    fail "$now is to be named $name, but another interface has that name, which is declared for no network; rename it first"
done <"$trial/now"

# Nobody else configures them.
while read -r name now mac _; do
  for file in $(others .); do
    rm -rf "$trial/alone"
    generate "$trial/alone" "$file" >/dev/null 2>&1 || continue
    for made in "$trial/alone"/run/systemd/network/*.network; do
      [ -f "$made" ] || continue
      if is_for "$made" "$name" "$mac" || is_for "$made" "$now" "$mac"; then
        case $file in
        /etc/*) out='name the file under hostNetworks.replaces, or take the interface out of it' ;;
        /run/*) out='hostNetworks.replaces takes files below /etc; it is made anew at each boot, so have its maker leave the interface out, then remove it' ;;
        *) out="hostNetworks.replaces takes files below /etc; put one into /etc/netplan that hides it: echo 'network: {version: 2}' >/etc/netplan/\${file##*/}" ;;
        esac
        fail "$file configures the interface $now too; $out"
      fi
    done
  done
  own=10-netplan-$name.network
  for directory in /etc /usr/local/lib /lib; do
    for file in "$directory"/systemd/network/*.network; do
      [ -f "$file" ] || continue
      if [ "\${file##*/}" = "$own" ]; then
        fail "$file would take the place of what netplan writes for $name; remove it"
      elif sorts_before "\${file##*/}" "$own" && is_for "$file" "$name" "$mac"; then
        fail "$file configures the interface $name before netplan's $own does; remove it, or give it a name that sorts behind"
      fi
    done
  done
  client=$(client_of "$name" "$now")
  [ -z "$client" ] ||
    fail "the DHCP client $client configures the interface $now; see that nothing starts it again, and end it: kill -KILL \${client#* } (the address stays for the time of its lease)"
  if command -v nmcli >/dev/null; then
    managed=$(timeout 10 nmcli -g GENERAL.STATE device show "$now" 2>/dev/null) || managed=''
    # 0 and 10: it does not know the card, or leaves it alone.
    case \${managed%% *} in
    '' | 0 | 10) ;;
    *) fail "NetworkManager configures the interface $now; write [keyfile] and unmanaged-devices=mac:$mac into a file below /etc/NetworkManager/conf.d, then: nmcli general reload" ;;
    esac
  fi
  command -v ifup >/dev/null || continue
  for file in /etc/network/interfaces /etc/network/interfaces.d/*; do
    if ! [ -f "$file" ] || grep -qxF "$file" replaces.list; then continue; fi
    for one in "$name" "$now"; do
      awk -v name="$one" '$1 == "iface" && $2 == name && $4 != "manual" { found = 1 } END { exit !found }' "$file" || continue
      fail "$file configures the interface $one (ifupdown); name the file under hostNetworks.replaces: its lines about it are set aside, all others stay"
    done
  done
done <"$trial/now"

# Nothing at the places of our files that is not ours.
while read -r source place _; do
  [ ! -e "$place" ] || grep -q Gatebox "$place" || fail "$place exists and is not Gatebox's; move it away first"
  [ -f "$source" ] || fail "$source is missing"
done <files.list

# What netplan makes of all files together is what is declared.
mkdir -p "$trial/root/etc/netplan"
cp netplan/60-gatebox.yaml "$trial/root/etc/netplan/"
# shellcheck disable=SC2046 # paths without blanks
words=$(generate "$trial/root" $(others .) 2>&1) || {
  printf '%s\\n' "$words" | sed "s#$trial/root##g" >&2
  fail 'netplan refuses the configuration'
}
while read -r name now mac addresses; do
  made=$trial/root/run/systemd/network/10-netplan-$name.network
  [ -f "$made" ] || fail "netplan writes nothing for the interface $name"
  # shellcheck disable=SC2086 # a list
  [ "$(sed -n 's/^Address=//p' "$made" | sort)" = "$(printf '%s\\n' $addresses | sort)" ] ||
    fail "with the other files of netplan the interface $name gets: $(sed -n 's/^Address=//p' "$made" | tr '\\n' ' ')
declared is: $addresses; look through: $(others . | tr '\\n' ' ')"
  ! grep -q '^DHCP=' "$made" || fail "another file of netplan wants DHCP on the interface $name; look through: $(others . | tr '\\n' ' ')"
  for address in $addresses; do
    address=\${address%/*}
    [ -z "$(ip -o address show to "$address")" ] || continue
    case $address in *:*) continue ;; esac
    ip link show dev "$now" up | grep -q . || continue
    stranger=$(timeout 5 arping -D -c 2 -w 2 -I "$now" "$address" 2>/dev/null | sed -n 's/.*\\[\\([0-9A-Fa-f:]*\\)\\].*/\\1/p' | head -n 1)
    [ -z "$stranger" ] || fail "$address is in use already, by $stranger on $now"
  done
done <"$trial/now"

# A way out elsewhere would stay in use beside ours.
while read -r via _; do
  ways_out "$(family_of "$via")" | while read -r other interface; do
    echo "$ours" | grep -qxF "$interface" ||
      fail "this host has a default route by the interface $interface already ($other); remove it or give it a metric, or leave out defaultGateway of this host"
  done || exit 1
done <default.list
`;
}
