# shellcheck shell=sh
# Starts the unit that ends stalled connections, again where its script or its settings are others. Needs `fail`.
stalled_started_with() { # UNIT
  cat "$CURRENT/systemd/$1" "$CURRENT/scripts/stalled" "$CURRENT/scripts/stalled.settings"
}

run_stalled() { # UNIT NOTES
  if ! systemctl is-active --quiet "$1" || ! stalled_started_with "$1" | cmp -s - "$2/stalled.started-with"; then
    systemctl restart "$1" || fail "the service $1 does not start"
    stalled_started_with "$1" >"$2/stalled.started-with"
  fi
}
