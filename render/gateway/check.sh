#!/bin/sh
# Is the staged tree $TREE fit to be served? Changes nothing. It also refuses what no checker sees: an interface that does not
# exist (the border would be open), a port that another program holds, and a program that would take the border away.
. ../shell/fail.sh
. ../shell/conflicting_firewalls.sh
. ../haproxy/distribution.sh
. ../haproxy/check.sh
. ../haproxy/listeners.sh
. ../border/check.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${gateway_interface:?}" "${gateway_address:?}"

ip link show dev "$gateway_interface" >/dev/null 2>&1 || fail "this host has no interface $gateway_interface"
ip -o -4 address show dev "$gateway_interface" | grep -qF " $gateway_address/" ||
  fail "the interface $gateway_interface does not have the address $gateway_address"

check_haproxy
check_border
require_free_ports .
