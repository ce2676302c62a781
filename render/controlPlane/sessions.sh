#!/bin/sh
# Ends sessions that no longer lead to an API server which is up, in processes that a reload has replaced. HAProxy does so itself
# in the present process (on-marked-down shutdown-sessions); a replaced one asks no server any more how it is, and may have
# watches for many hours. What the present process says counts for all: a server that is down, drained or declared no longer.
set -u
. ./instance.sh
. ../haproxy/master.sh
. ./servers.sh

# Prints the processes that a reload has replaced and that still have sessions.
replaced_workers() {
  cli 'show proc' | awk '/^# old workers/ { old = 1; next } /^#/ { old = 0 } old && $2 == "worker" { print $1 }'
}

# Prints "SESSION SERVER" of each session of a process. (It takes `shutdown session` alone: its proxies count as disabled.)
sessions_of() { # PID
  cli "@!$1 show sess" | sed -n 's/^\(0x[0-9a-f]*\): .* be=kube-api srv=\([^ ]*\) .*/\1 \2/p'
}

while sleep 0.5; do
  workers=$(replaced_workers)
  [ -n "$workers" ] || continue
  now=$(servers_now)
  # Without any answer nothing is known, which is no reason to end anything.
  [ -n "$now" ] || continue
  for pid in $workers; do
    sessions_of "$pid" | while read -r session server; do
      ! printf '%s\n' "$now" | grep -qx "$server UP" || continue
      echo "$server is not up: ending a session of process $pid with it"
      cli "@!$pid shutdown session $session" >/dev/null
    done
  done
done
