# shellcheck shell=sh
# Each of these refuses a program or a file that configures the interface NAME (NOW, as long as it is not renamed) with the
# hardware address MAC too. Needs fail, generate, other_netplan_files, is_name and a directory $trial of its own.
: "${trial:?}"

# Whether FILE of networkd is for the interface NAME with the hardware address MAC. What cannot be told counts as yes.
is_for() { # FILE NAME MAC
  awk '/^\[/ { inside = ($0 == "[Match]"); next } inside && /^[A-Za-z]+=/' "$1" >"$trial/match"
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

refuse_other_netplan_files() { # NAME NOW MAC
  for file in $(other_netplan_files .); do
    rm -rf "$trial/alone"
    generate "$trial/alone" "$file" >/dev/null 2>&1 || continue
    for made in "$trial/alone"/run/systemd/network/*.network; do
      [ -f "$made" ] || continue
      if is_for "$made" "$1" "$3" || is_for "$made" "$2" "$3"; then
        case $file in
        /etc/*) hint='name the file under hostNetworks.replaces, or take the interface out of it' ;;
        /run/*) hint='hostNetworks.replaces takes files below /etc; it is made anew at each boot, so have its maker leave the interface out, then remove it' ;;
        *) hint="hostNetworks.replaces takes files below /etc; put one into /etc/netplan that hides it: echo 'network: {version: 2}' >/etc/netplan/${file##*/}" ;;
        esac
        fail "$file configures the interface $2 too; $hint"
      fi
    done
  done
}

sorts_before() { # NAME OTHER
  [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | LC_ALL=C sort | head -n 1)" = "$1" ]
}

# Those of cloud-init are set aside without being named: see cloud_init.sh.
refuse_other_networkd_files() { # NAME NOW MAC
  own=10-netplan-$1.network
  for directory in /etc /usr/local/lib /lib; do
    for file in "$directory"/systemd/network/*.network; do
      [ -f "$file" ] || continue
      case $file in /etc/systemd/network/*cloud-init*) continue ;; esac
      if [ "${file##*/}" = "$own" ]; then
        fail "$file would take the place of what netplan writes for $1; remove it"
      elif sorts_before "${file##*/}" "$own" && is_for "$file" "$1" "$3"; then
        fail "$file configures the interface $1 before netplan's $own does; remove it, or give it a name that sorts behind"
      fi
    done
  done
}

# Prints "PROGRAM PROCESS" of the DHCP client that runs for one of these interfaces, or for whichever there are.
dhcp_client_of() { # NAME...
  for process in /proc/[0-9]*; do
    case $(cat "$process/comm" 2>/dev/null) in dhclient | dhcpcd | udhcpc) ;; *) continue ;; esac
    # That of a container is none of ours.
    [ "$(readlink "$process/ns/net")" = "$(readlink /proc/self/ns/net)" ] || continue
    arguments=$(tr '\0' ' ' <"$process/cmdline") for_all=1 for_ours=''
    for argument in $arguments; do
      if is_name "$argument"; then for_all=''; fi
      for one; do [ "$argument" != "$one" ] || for_ours=1; done
    done
    if [ -n "$for_all$for_ours" ]; then
      echo "$(cat "$process/comm") ${process#/proc/}"
      return
    fi
  done
}

refuse_dhcp_client() { # NAME NOW
  client=$(dhcp_client_of "$1" "$2")
  [ -z "$client" ] ||
    fail "the DHCP client $client configures the interface $2; see that nothing starts it again, and end it: kill -KILL ${client#* } (the address stays for the time of its lease)"
}

refuse_network_manager() { # NOW MAC
  command -v nmcli >/dev/null || return 0
  managed=$(timeout 10 nmcli -g GENERAL.STATE device show "$1" 2>/dev/null) || managed=''
  # 0 and 10: it does not know the NIC, or leaves it alone.
  case ${managed%% *} in
  '' | 0 | 10) ;;
  *) fail "NetworkManager configures the interface $1; write [keyfile] and unmanaged-devices=mac:$2 into a file below /etc/NetworkManager/conf.d, then: nmcli general reload" ;;
  esac
}

refuse_ifupdown() { # NAME NOW
  command -v ifup >/dev/null || return 0
  for file in /run/network/interfaces.d/*; do
    [ -f "$file" ] || continue
    for one in "$1" "$2"; do
      ! grep -qE "^iface[[:blank:]]+${one}[[:blank:]]" "$file" ||
        fail "$file configures the interface $one (ifupdown); it is made anew at each boot: have its maker leave the interface out (on Debian's cloud images: ln -s /dev/null /etc/udev/rules.d/75-cloud-ifupdown.rules), then remove it"
    done
  done
  for file in /etc/network/interfaces /etc/network/interfaces.d/*; do
    if ! [ -f "$file" ] || grep -qxF "$file" replaces.list; then continue; fi
    for one in "$1" "$2"; do
      awk -v name="$one" '$1 == "iface" && $2 == name && $4 != "manual" { found = 1 } END { exit !found }' "$file" || continue
      fail "$file configures the interface $one (ifupdown); name the file under hostNetworks.replaces: its lines about it are set aside, all others stay"
    done
  done
}
