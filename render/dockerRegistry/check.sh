#!/bin/sh
# Can the registry of the staged tree $TREE run here? Changes nothing.
. ../shell/fail.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${address:?}" "${port:?}" "${health_port:?}" "${storage:?}" "${shared=}" "${schedule:?}"

ip -o -4 address show | grep -qF " $address/" || fail "this host does not have the address $address, on which the registry is to listen"
for place in "$address:$port" "127.0.0.1:$health_port"; do
  holder=$(ss -Hltnp "sport = :${place##*:}" | awk -v address="${place%:*}" '
    { where = $4; sub(/:[^:]*$/, "", where) }
    (where == address || where == "*" || where == "0.0.0.0" || where == "[::]") && !index($0, "\"docker-registry\"") { print $4, $6; exit }
  ')
  [ -z "$holder" ] || fail "$place, where the registry is to listen, is already taken: $holder"
done

# The nearest directory that is there.
there=$storage
until [ -d "$there" ]; do there=${there%/*} && there=${there:-/}; done
if [ "$shared" = yes ] && [ "$(findmnt -n -o TARGET --target "$there")" = / ]; then
  fail "registry.storage.directory, $storage, is to be on a volume that is shared, and it is on this host's own root file system: mount the volume first"
fi
if [ -d "$storage" ] && [ -n "$(ls -A "$storage" 2>/dev/null)" ] && ! runuser -u docker-registry -- test -w "$storage"; then
  fail "$storage is not empty, and docker-registry may not write there: chown -R docker-registry: $storage, if these are its images"
fi

! command -v systemd-analyze >/dev/null || timeout 10 systemd-analyze calendar "$schedule" >/dev/null 2>&1 ||
  fail "registry.garbageCollection.schedule, $schedule, is no time that systemd knows: systemd-analyze calendar '$schedule'"
