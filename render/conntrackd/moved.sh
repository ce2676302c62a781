#!/bin/sh
# Runs with the new state of this host: MASTER, BACKUP, FAULT, STOP. Who takes over puts what was reported to it into its kernel,
# and reports that to the others anew; who has handed over forgets after some seconds what it has in its kernel, unless it takes over
# again, and asks the new holder for all of it. Who keeps one of the addresses forgets nothing.
. ./tools.sh

if [ "$1" = MASTER ]; then
  conntrackd -c
  conntrackd -f
  conntrackd -R
  conntrackd -B
else
  routes_connections || conntrackd -t
  [ "$1" != BACKUP ] || conntrackd -n
fi
report_failed
