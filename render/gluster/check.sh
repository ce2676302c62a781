#!/bin/sh
# Can this host be a server of GlusterFS as the staged tree $TREE declares (a client, for most of it)? Changes nothing.
. ../shell/fail.sh
. ./brick_device.sh
. ./empty_device.sh
. ./clocks.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${serves:?}" "${clock_port:?}" "${management_port:?}" "${first_port:?}" "${last_port:?}"
key=/var/lib/gatebox/keys/gluster.pem
ours=/usr/lib/ssl/glusterfs.key

[ -s "$key" ] || fail "$key, this host's key for GlusterFS, is missing: have it made again with the resource that made it, pulumi up --target-replace"
if [ -e "$ours" ] && [ "$(readlink "$ours")" != "$key" ]; then
  fail "$ours exists and is not Gatebox's: this host has keys of another GlusterFS, move them away first"
fi
certified=$(openssl x509 -in "$TREE/tls/certificate.pem" -noout -pubkey 2>/dev/null || true)
[ "$certified" = "$(openssl pkey -in "$key" -pubout 2>/dev/null || true)" ] ||
  fail "the certificate is not for the key of this host ($key), which was made anew since: replace the resource that made it, pulumi up --target-replace"
[ "$serves" = yes ] || exit 0

ip -o -4 address show | grep -qF " ${own_address:?}/" ||
  fail "this host does not have the address $own_address, by which the other servers of GlusterFS know it"

# shellcheck disable=SC2086 # addresses
fault=$(clock_faults ${peers:?} | head -n 1)
[ -z "$fault" ] || fail "$fault"

taken=$(ss -Hltnp | awk -v clock="$clock_port" -v management="$management_port" -v first="$first_port" -v last="$last_port" '
  { port = $4; sub(/.*:/, "", port) }
  port == clock && !/"systemd"/ { print $4, $6; exit }
  (port == management && !/"glusterd"/) || (port >= first + 0 && port <= last + 0 && !/"gluster[a-z]*"/) { print $4, $6; exit }
')
[ -z "$taken" ] || fail "a port of GlusterFS ($clock_port, $management_port, $first_port to $last_port) is taken: $taken"

# Without a note of ours, whatever glusterd knows here is somebody else's.
if ! [ -e /var/lib/glusterd/gatebox-peers ]; then
  for foreign in /var/lib/glusterd/vols/*; do
    [ ! -d "$foreign" ] ||
      fail "this host has a volume of another GlusterFS already, ${foreign##*/}: stop and delete it there first (gluster volume stop, gluster volume delete), or name another host"
  done
fi

# Whoever this host trusts, or has trusted by a declaration of ours.
known=" ${peers:?} $(tr '\n' ' ' 2>/dev/null </var/lib/glusterd/gatebox-peers || true) "
# GlusterFS knows a server by what a name server says of its address, until it is asked to join by the address.
is_known() { # NAME...
  for name; do
    for one in "$name" $(timeout 5 getent ahostsv4 "$name" 2>/dev/null | awk '!seen[$1]++ { print $1 }'); do
      case $known in *" $one "*) return 0 ;; esac
    done
  done
  return 1
}
for file in /var/lib/glusterd/peers/*; do
  [ -f "$file" ] || continue
  names=$(sed -n 's/^hostname[0-9]*=//p' "$file" | tr '\n' ' ')
  # shellcheck disable=SC2086 # words
  is_known $names || fail "this host is in a trusted pool of others already, with ${names% }: detach it there first (gluster peer detach), or name another host"
done

faults='' devices=' '
while read -r volume place uuid device least; do
  [ -n "$volume" ] || continue
  if [ "$device" != - ]; then
    # By whatever name: one of /dev/disk/by-id is another's too.
    real=$(readlink -f "$device" || echo "$device")
    case $devices in
    *" $real "*) faults="$faults; $device is $real, the device of another brick too: each brick has one of its own" ;;
    esac
    devices="$devices$real "
  fi
  if [ "$device" = - ]; then
    [ -z "$(brick_device "$uuid" /dev/null)" ] ||
      faults="$faults; the brick of $volume has a device of its own on this host already: name it"
  elif [ -z "$(brick_device "$uuid" "$device")" ]; then
    fault=$(device_fault "$device" "$least")
    if [ -z "$fault" ] && [ -d "$place/brick/.glusterfs" ]; then
      fault="is empty, and the brick of $volume is at $place on this host already: a brick does not move by itself"
    fi
    [ -z "$fault" ] || faults="$faults; $device $fault"
  fi
done <"$TREE/bricks.list"
[ -z "$faults" ] || fail "nothing was touched: ${faults#; }"
