#!/bin/sh
# Can GitLab run here as the staged tree $TREE declares? Changes nothing.
. ../shell/fail.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${address:?}" "${ports:?}" "${data:?}" "${mount_point=}" "${schedule:?}" "${package:?}"

[ -x /opt/gitlab/bin/gitlab-ctl ] || fail "$package is not installed: there is no /opt/gitlab/bin/gitlab-ctl"
ip -o -4 address show | grep -qF " $address/" || fail "this host does not have the address $address, on which GitLab is to listen"
# The names of its processes as ss shows them: no more than 15 characters.
for port in $ports; do
  holder=$(ss -Hltnp "sport = :$port" | awk -v address="$address" '
    { where = $4; sub(/:[^:]*$/, "", where) }
    (where == address || where == "*" || where == "0.0.0.0" || where == "[::]") && !/"(gitlab-workhors|gitlab-pages|registry)"/ { print $4, $6; exit }
  ')
  [ -z "$holder" ] || fail "$address:$port, where GitLab is to listen, is already taken: $holder"
done

# Somebody's own configuration is not lost. What the package has put there says nothing but comments and one URL.
theirs=/etc/gitlab/gitlab.rb
if [ -s "$theirs" ] && ! grep -q '^# .* Made by Gatebox: ' "$theirs" && grep -Evq '^[[:blank:]]*(#|$|external_url )' "$theirs"; then
  fail "$theirs is somebody's own configuration: move it away, and write what it says that is to stay as arguments"
fi

if [ -n "$mount_point" ] && [ "$(timeout 10 findmnt -n -o TARGET --target "$mount_point" 2>/dev/null)" != "$mount_point" ]; then
  fail "gitlab.data, $data, is to be on the volume at $mount_point, which is not mounted: see to the volume first"
fi
if [ -e "$data" ] && ! [ -d "$data" ]; then fail "gitlab.data, $data, is no directory"; fi

# The package brings its own Ruby.
for ruby in /opt/gitlab/embedded/bin/ruby ruby; do
  command -v "$ruby" >/dev/null || continue
  words=$(timeout 20 "$ruby" -c "$TREE/gitlab.rb" 2>&1) || fail "gitlab.rb cannot be read by Ruby: $words"
  break
done
! command -v systemd-analyze >/dev/null || timeout 10 systemd-analyze calendar "$schedule" >/dev/null 2>&1 ||
  fail "gitlab.backup.schedule, $schedule, is no time that systemd knows: systemd-analyze calendar '$schedule'"
