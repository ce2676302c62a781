#!/bin/sh
# Gives the network of this host back, because its base is being removed, or was never in force. netplan's other files have their
# say again. Nothing that stands is taken away: a host keeps its addresses, whether anything gives it them any more or not.
# networkd does not run meanwhile, for it would take them. Where the first tree failed, what stood before it is put back: names,
# addresses, default routes.
notes=/run/gatebox/network
before=/var/lib/gatebox/network/before

. ../../shell/fail.sh
. ../../shell/interface_of.sh
. ../shell/change.sh

# Gives the kernel's settings the values that they had.
restore_settings() {
  while read -r kind mac rest; do
    case $kind in
    setting) echo "$rest" >"$mac" || true ;;
    advertised)
      name=$(interface_of "$mac")
      [ -z "$name" ] || echo "$rest" >"/proc/sys/net/ipv6/conf/$name/accept_ra" || true
      ;;
    esac
  done <"$target"
}

# Puts back the addresses and routes that are missing.
restore() {
  while read -r kind mac rest; do
    [ "$kind" = address ] || continue
    name=$(interface_of "$mac" 2>/dev/null)
    [ -n "$name" ] || continue
    has "$name" "$rest" || ip address add "$rest" dev "$name" 2>/dev/null || true
  done <"$target"
  put_routes "$target"
}

# networkd starts with what its other files say, and takes from these interfaces what they do not: it has done so when it
# no longer calls them pending.
settled() {
  systemctl is-active --quiet systemd-networkd.service || return 0
  while read -r kind mac _; do
    [ "$kind" = name ] || continue
    case $(timeout 5 networkctl --no-legend --no-pager list "$(interface_of "$mac")" 2>/dev/null | awk '{ print $NF }') in
    configuring | configured | unmanaged | failed | linger) ;;
    *) return 1 ;;
    esac
  done <"$target"
}

# Takes away what only this tree brought.
remove_own() {
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
      routes "$family" "$name" | grep '^default ' | grep -v ' table ' | while read -r route; do
        # shellcheck disable=SC2086 # arguments of ip(8), as it printed them
        grep -qxF "route $mac $family $route" "$target" || ip "$family" route del $route dev "$name" || true
      done
    done
  done <interfaces.list
}

tree=$(pwd)
foreign=/run/systemd/networkd.conf.d/gatebox.conf
mkdir -p "$notes"
target=$before
if [ ! -e "$target" ]; then
  target=$notes/now
  standing "$tree" >"$target"
fi

systemctl stop systemd-networkd.socket systemd-networkd.service 2>/dev/null || true
remove_files "$tree" ''
put_back "$tree" ''
systemctl daemon-reload
restore_settings
awk '$1 == "name" { print $2, $3 }' "$target" >"$notes/names"
# With a name that is not what it was, the host has its addresses and routes all the same.
refused=''
rename_all "$notes/names" || refused=$wrong
while read -r name _; do
  rm -f "/run/systemd/network/10-netplan-$name".*
done <interfaces.list
# What is wrong with files that are not ours must not keep this host from its previous network.
if command -v netplan >/dev/null; then (sync_generated) || true; fi
if grep -qx 'networkd active' "$target"; then
  # Just this once it leaves routes and rules of others, which it would remove when it starts.
  install -D -m 0644 networkd/gatebox-networkd.conf "$foreign"
  systemctl start systemd-networkd.service
fi

rounds=0
until { [ "$rounds" -ge 5 ] && settled; } || [ "$rounds" -ge 50 ]; do
  restore
  sleep 0.2
  rounds=$((rounds + 1))
done
restore

[ "$target" != "$before" ] || remove_own
rm -f "$foreign"
rmdir --ignore-fail-on-non-empty "${foreign%/*}" 2>/dev/null || true
restart_users
[ -z "$refused" ] || fail "$refused"
rm -rf "$notes" "$before" "$before.new"
