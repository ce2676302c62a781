#!/bin/sh
# Is the volume of the images there? Without it the registry does not start, and systemd tries again until it is: a volume may
# come long after the host, and a unit that requires its mount would be given up the first time that fails.
set -u
# shellcheck source=/dev/null
. /etc/gatebox/registry/lifecycle/settings
: "${storage:?}"

if timeout 5 test -d "$storage" && on=$(timeout 5 findmnt -n -o TARGET --target "$storage") && [ "$on" != / ]; then exit 0; fi
echo "$storage is on no volume that is mounted" >&2
exit 1
