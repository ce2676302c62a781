#!/bin/sh
# Plugs the NIC NAME with the hardware address MAC into a neighbour with the address NEIGHBOUR, and has the installer's file
# give it ADDRESS.
name=$1 mac=$2 address=$3 neighbour=$4
unshare --net sleep infinity >/dev/null 2>&1 </dev/null &
inner=$!
until [ "$(readlink "/proc/$inner/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add "$name" address "$mac" type veth peer name peer netns "$inner"
nsenter -t "$inner" -n ip addr add "$neighbour" dev peer
nsenter -t "$inner" -n ip link set peer up
echo "$inner" >"/run/neighbour-of-$name"
printf '[Match]\nName=%s\n[Network]\nAddress=%s\n' "$name" "$address" >"/etc/systemd/network/70-installer-$name.network"
