#!/bin/sh
# What dhclient runs at each step: takes the address, and keeps what was offered in /run/lease, for a test to read.
set -eu
case ${reason:-} in
BOUND | RENEW | REBIND | REBOOT)
  ip address replace "${new_ip_address:?}/24" dev "${interface:?}"
  env | sed -n 's/^new_//p' | sort >/run/lease
  ;;
EXPIRE | FAIL | RELEASE | STOP) ip address flush dev "${interface:?}" ;;
esac
