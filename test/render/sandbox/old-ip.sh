#!/bin/sh
# ip(8) on a kernel that renames only what is down. What stands in /run/old-ip-first is run before anything else.
# shellcheck source=/dev/null
if [ -f /run/old-ip-first ]; then . /run/old-ip-first; fi
if [ "$1 $2 $3 $5" = "link set dev name" ] && /bin/ip link show dev "$4" up | grep -q .; then
  echo 'RTNETLINK answers: Device or resource busy' >&2
  exit 2
fi
exec /bin/ip "$@"
