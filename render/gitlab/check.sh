#!/bin/sh
# Can GitLab run here as the staged tree $TREE declares? Changes nothing.
. ../shell/fail.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${address:?}" "${ports:?}" "${local_ports:?}" "${data:?}" "${mount_point=}" "${schedule:?}" "${package:?}"

[ -x /opt/gitlab/bin/gitlab-ctl ] || fail "$package is not installed: there is no /opt/gitlab/bin/gitlab-ctl"
ip -o -4 address show | grep -qF " $address/" || fail "this host does not have the address $address, on which GitLab is to listen"
# Who else listens on a port of an address, or of all.
holder_of() { # PORT ADDRESS OWN-NAMES
  ss -Hltnp "sport = :$1" | awk -v address="$2" -v own="$3" '
    { where = $4; sub(/:[^:]*$/, "", where) }
    (where == address || where == "*" || where == "0.0.0.0" || where == "[::]") && $0 !~ own { print $4, $6; exit }
  '
}

# The names of its processes as ss shows them: no more than 15 characters.
for port in $ports; do
  holder=$(holder_of "$port" "$address" '"(gitlab-workhors|gitlab-pages|registry)"')
  [ -z "$holder" ] || fail "$address:$port, where GitLab is to listen, is already taken: $holder"
done
# While it runs these are its own, under many names.
if ! systemctl is-active --quiet gitlab-runsvdir.service; then
  for port in $local_ports; do
    holder=$(holder_of "$port" 127.0.0.1 '^$')
    [ -z "$holder" ] || fail "127.0.0.1:$port, where GitLab's programs listen for each other, is already taken: $holder"
  done
fi

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
