#!/bin/sh
# Is the staged tree $TREE fit to be served? Changes nothing. nftables' own checker reads the rules. Refused is also what it does
# not see: an interface that does not exist or has that name beside its own (a rule for it never matches), a protocol that
# conntrackd would ignore without failing, and a program of this host that would undo the rules.
. ../shell/fail.sh
. ../shell/conflicting_firewalls.sh
. ../conntrackd/synced.sh
. ../conntrackd/check.sh

for interface in $(sed -n 's/^define networks = {\(.*\)}$/\1/p' nft/nat.nft | tr -d '",'); do
  [ -d "/proc/sys/net/ipv4/conf/$interface" ] || fail "this host has no interface $interface"
done
(cd nft && nft -c -f nat.nft) || fail 'nftables refuses the rules'
ruleset_stays
others_forward
check_conntrackd "$TREE"
