#!/bin/sh
# Keeps the routes to the pods of the other nodes, and sets what the kernel needs to pass their packets on. INTERFACE is that of
# the cluster's network, ROUTES a file with a line "PODS NODE" for each other node: a network and the address that leads to it.
set -eu
interface=$1
routes=$2
echo 1 >/proc/sys/net/ipv4/ip_forward
# Packets between pods of one node must pass kube-proxy's rules too, where this kernel can send them there.
for name in bridge-nf-call-iptables bridge-nf-call-ip6tables; do
  if [ -e "/proc/sys/net/bridge/$name" ]; then echo 1 >"/proc/sys/net/bridge/$name"; fi
done
add_routes() {
  while read -r pods node; do
    ip route replace "$pods" via "$node" dev "$interface"
  done <"$routes"
}
ip -4 -o monitor address dev "$interface" | {
  add_routes
  systemd-notify --ready
  # After an address went it fails; after the next one has come it does not.
  while read -r _; do add_routes || true; done
}
