#!/bin/sh
# Makes the runner run as $CURRENT declares. It looks at its configuration every three seconds by itself, so jobs that run go on.
. ../shell/fail.sh
. ../shell/reload_units.sh
unit=gitlab-runner.service
place=/etc/gitlab-runner

reload_units
if ! [ -f "$CURRENT/secrets/runner-token" ]; then
  echo 'the runner is told of GitLab when its token is there'
  exit 0
fi
(
  umask 077
  mkdir -p "$place"
  # The token goes from file to file.
  awk 'FNR == NR { token = $0; next }
    (at = index($0, "@TOKEN@")) { $0 = substr($0, 1, at - 1) token substr($0, at + 7) }
    { print }' "$CURRENT/secrets/runner-token" "$CURRENT/config.toml" >"$place/config.toml.new"
)
if cmp -s "$place/config.toml.new" "$place/config.toml" && [ "$(stat -c %a "$place/config.toml")" = 600 ]; then
  rm -f "$place/config.toml.new"
else
  sync "$place/config.toml.new" && mv -f "$place/config.toml.new" "$place/config.toml"
fi
systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
systemctl is-active --quiet "$unit" || timeout 40 systemctl start "$unit" || fail "$unit does not start"
