#!/bin/sh
# nmcli(1) that knows the state of eth0, as /run/nmcli-state says it.
[ "$*" != '-g GENERAL.STATE device show eth0' ] || cat /run/nmcli-state
