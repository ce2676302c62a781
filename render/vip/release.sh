#!/bin/sh
# Takes the virtual IPs off this host: keepalived no longer runs, so another host has them by now. Runs
# when keepalived has ended, in whatever way. Its child, if it is left over (stopped, while its parent was killed), would put
# them back one day. The state STOP is reported here: `events` ends before keepalived reports of itself that it stops.
. ./tell_listeners.sh

tree=${1:-/etc/gatebox/vip}
if read -r left 2>/dev/null </run/gatebox/vip/vrrp.pid && grep -qx keepalived "/proc/$left/comm" 2>/dev/null; then
  kill -KILL "$left"
fi
stopped=''
for file in "$tree"/keepalived/vips/*.address; do
  [ -e "$file" ] || continue
  read -r name address interface _ <"$file"
  if ip address del "$address" dev "$interface" 2>/dev/null; then echo "took $address off $interface"; fi
  # It is reported once, and not where keepalived has not run yet.
  if ! read -r state _ 2>/dev/null <"/run/gatebox/vip/$name.state" || [ "$state" = STOP ]; then continue; fi
  echo 'STOP 0' >"/run/gatebox/vip/$name.state"
  stopped="$stopped $name"
done
# When all is off; systemd gives this five seconds, and keepalived is to start again.
for name in $stopped; do
  tell_listeners "$name" STOP 1
done
