#!/bin/sh
# Is the staged tree $TREE fit to be served? Changes nothing. A rule for an interface that does not exist never matches: its
# port would be closed, and so would the operator's.
. ../shell/fail.sh
. ../shell/conflicting_firewalls.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"

# shellcheck disable=SC2154 # both are settings
for interface in $interfaces; do
  [ -d "/proc/sys/net/ipv4/conf/$interface" ] || fail "this host has no interface $interface"
done
nft -c -f nft/firewall.nft || fail 'nftables refuses the firewall'
nft -c -f nft/closed.nft || fail 'nftables refuses the rules that the host is closed with'
ruleset_stays
# shellcheck disable=SC2154
[ -z "$forwards" ] || others_forward
