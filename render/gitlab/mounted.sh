#!/bin/sh
# Is the volume of GitLab's data there? Without it GitLab does not start, and systemd tries again until it is.
set -u
# shellcheck source=/dev/null
. /etc/gatebox/gitlab/lifecycle/settings
: "${mount_point=}"

[ -n "$mount_point" ] || exit 0
if on=$(timeout 5 findmnt -n -o TARGET --target "$mount_point" 2>/dev/null) && [ "$on" = "$mount_point" ] && timeout 5 test -w "$mount_point"; then exit 0; fi
echo "$mount_point, the volume of GitLab's data, is not mounted" >&2
exit 1
