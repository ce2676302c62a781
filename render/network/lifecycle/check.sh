#!/bin/sh
# Does the network of the staged tree $TREE fit this host? Changes nothing. Asks netplan's own generator about all files of the
# host together, and looks for what that does not see: an interface that is not there, another program or another file that
# configures it too, an address that a stranger has.
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT

. ../../shell/fail.sh
. ../../shell/interface_of.sh
. ../shell/interface_name.sh
. ../shell/interface_users.sh
. ../shell/address.sh
. ../shell/default_routes.sh
. ../shell/netplan.sh
. ../shell/other_configurators.sh
. ../shell/cloud_init.sh

# Prints the interface that has NAME as an alternative name; nothing where there is none. The kernel keeps alternative names
# apart from each other and from names.
holder_of() { # NAME
  ip -o link show | awk -v wanted="$1" '
    {
      gsub(/\\/, " ")
      for (i = 3; i < NF; i++) {
        if ($i != "altname" || $(i + 1) != wanted) continue
        sub(/[:@].*/, "", $2)
        print $2
        exit
      }
    }'
}

# The interfaces are there, under their names or others. Leaves "NAME NOW MAC ADDRESS…" of each in $trial/now.
find_interfaces() {
  while read -r name mac addresses; do
    now=$(interface_of "$mac")
    [ -n "$now" ] || fail "no interface of this host has the hardware address $mac, which is declared for $name; it has:
$(ip -br link show | awk '$1 != "lo" { print $1, $3 }')"
    echo "$name $now $mac $addresses" >>"$trial/now"
  done <interfaces.list
}

# NOW can have the name NAME: it is free, or will be, and nothing goes by the present one.
check_name() { # NAME NOW
  holder=$(holder_of "$1")
  if [ -n "$holder" ] && [ "$holder" != "$2" ]; then
    fail "$2 is to be named $1, which is an alternative name of $holder; remove it: ip link property del dev $holder altname $1"
  fi
  if [ "$1" = "$2" ]; then return 0; fi
  refuse_rename_of_used "$2" "$1"
  is_name "$1" || return 0
  awk '{ print $2 }' "$trial/now" | grep -qxF "$1" ||
    fail "$2 is to be named $1, but another interface has that name, which is declared for no network; rename it first"
}

check_plain() { # NOW
  master=$(ip -o link show dev "$1" | sed -n 's/.* master \([^ ]*\) .*/\1/p')
  [ -z "$master" ] ||
    fail "$1 is a port of $master: hostNetworks configures plain NICs only; take it out of $master, or the host out of hostNetworks.pools"
}

# Nothing at the places of our files that is not ours.
check_places() {
  while read -r source place _; do
    [ ! -e "$place" ] || grep -q Gatebox "$place" || fail "$place exists and is not Gatebox's; move it away first"
    [ -f "$source" ] || fail "$source is missing"
  done <files.list
}

# Makes below $trial/root what netplan makes of all files together.
generate_all() {
  mkdir -p "$trial/root/etc/netplan"
  cp netplan/60-gatebox.yaml "$trial/root/etc/netplan/"
  # shellcheck disable=SC2046 # paths without blanks
  output=$(generate "$trial/root" $(other_netplan_files .) 2>&1) || {
    printf '%s\n' "$output" | sed "s#$trial/root##g" >&2
    fail 'netplan refuses the configuration'
  }
}

# With all files together the interface gets what is declared.
check_generated() { # NAME ADDRESS...
  name=$1 made=$trial/root/run/systemd/network/10-netplan-$1.network
  shift
  [ -f "$made" ] || fail "netplan writes nothing for the interface $name"
  [ "$(sed -n 's/^Address=//p' "$made" | sort)" = "$(printf '%s\n' "$@" | sort)" ] ||
    fail "with the other files of netplan the interface $name gets: $(sed -n 's/^Address=//p' "$made" | tr '\n' ' ')
declared is: $*; look through: $(other_netplan_files . | tr '\n' ' ')"
  ! grep -q '^DHCP=' "$made" || fail "another file of netplan wants DHCP on the interface $name; look through: $(other_netplan_files . | tr '\n' ' ')"
}

check_address_free() { # ADDRESS NOW
  [ -z "$(ip -o address show to "$1")" ] || return 0
  case $1 in *:*) return 0 ;; esac
  ip link show dev "$2" up | grep -q . || return 0
  stranger=$(timeout 5 arping -D -c 2 -w 2 -I "$2" "$1" 2>/dev/null | sed -n 's/.*\[\([0-9A-Fa-f:]*\)\].*/\1/p' | head -n 1)
  [ -z "$stranger" ] || fail "$1 is in use already, by $stranger on $2"
}

# No default route by an interface that is none of ours: it would stay in use beside ours.
check_default_routes() {
  awk '{ print $1; print $2 }' "$trial/now" >"$trial/ours"
  while read -r via _; do
    default_routes "$(family_of "$via")" | while read -r other interface; do
      grep -qxF "$interface" "$trial/ours" ||
        fail "this host has a default route by the interface $interface already ($other); remove it or give it a metric, or leave out defaultGateway of this host"
    done || exit 1
  done <default.list
}

find_interfaces
refuse_network_of_command_line
while read -r name now _; do
  check_plain "$now"
  check_name "$name" "$now"
done <"$trial/now"
while read -r name now mac _; do
  refuse_other_netplan_files "$name" "$now" "$mac"
  refuse_other_networkd_files "$name" "$now" "$mac"
  refuse_dhcp_client "$name" "$now"
  refuse_network_manager "$now" "$mac"
  refuse_ifupdown "$name" "$now"
done <"$trial/now"
check_places
generate_all
while read -r name now _ addresses; do
  # shellcheck disable=SC2086 # a list
  check_generated "$name" $addresses
  for address in $addresses; do
    check_address_free "${address%/*}" "$now"
  done
done <"$trial/now"
check_default_routes
