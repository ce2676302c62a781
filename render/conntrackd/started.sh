#!/bin/sh
# Runs when conntrackd has been started. What is in the kernel of a host that routes no connections is old, and what was to
# forget it some seconds after handing over may have been the previous conntrackd. A connection whose source port outside one of
# those still has is refused by the kernel when this host takes over: it would end.
. ./tools.sh

if ! routes_connections; then
  conntrackd -t
  # Putting into the kernel what was reported calls the forgetting off: it has become the holder meanwhile.
  ! routes_connections || conntrackd -c
fi
report_failed
