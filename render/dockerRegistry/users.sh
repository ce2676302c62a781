#!/bin/sh
# Writes the users for the registry, as hashes that it may read; one that is right already stays. The registry looks at the file
# at every request, so that a changed password restarts nothing. Where there is no user yet, nobody is let in.
set -eu
given=/etc/gatebox/registry/auth/users
place=/run/docker-registry
umask 077
mkdir -p "$place"
chgrp docker-registry "$place" && chmod 0750 "$place"
file=$place/htpasswd

# Whether the file has this one user with this password.
is_right() { # USER; the password on standard input
  [ -f "$file" ] && [ "$(cut -d : -f 1 "$file")" = "$1" ] && htpasswd -vi "$file" "$1" >/dev/null 2>&1
}

new=$(mktemp "$place/.htpasswd.XXXXXX")
trap 'rm -f "$new"' EXIT
if [ -f "$given" ]; then
  user=$(cut -d : -f 1 "$given")
  ! cut -d : -f 2- "$given" | tr -d '\n' | is_right "$user" || exit 0
  cut -d : -f 2- "$given" | tr -d '\n' | htpasswd -niBC 10 "$user" | grep . >"$new"
fi
chgrp docker-registry "$new" && chmod 0640 "$new"
mv -f "$new" "$file"
