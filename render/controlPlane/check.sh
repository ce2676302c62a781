#!/bin/sh
# Is the staged tree $TREE fit to be served? Changes nothing. It also refuses a port that another program holds, and API servers
# whose certificates clients would not take.
. ../shell/fail.sh
. ./instance.sh
. ../haproxy/check.sh
. ../haproxy/listeners.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
. ./certificates.sh
: "${own_address:?}"

ip -o -4 address show | grep -qF " $own_address/" || fail "this host does not have the address $own_address"
check_haproxy
require_free_ports .
check_certificates
