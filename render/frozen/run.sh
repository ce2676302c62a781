# shellcheck shell=sh
# The unit that refuses a frozen program and starts it again, and what a transaction does about one. Needs `fail`.

# Kills the program where it is frozen: it would take no reload, and whoever asks it how it is would wait. What runs goes by the tree
# before this one, or after a failure by either.
end_frozen() {
  for tree in "$PREVIOUS" "$CURRENT"; do
    if [ -f "$tree/scripts/frozen" ] && perl "$tree/scripts/frozen" end; then return; fi
  done
}

frozen_started_with() { # UNIT
  cat "$CURRENT/systemd/$1" "$CURRENT/scripts/frozen" "$CURRENT/scripts/frozen.settings"
}

# Starts the unit, again where its script or its settings are others, or where it refuses: the program has just been looked at, and its
# clients are to get through to it while it is probed.
run_frozen() { # UNIT NOTES
  table=gatebox_frozen_${2##*/}
  if ! systemctl is-active --quiet "$1" || ! frozen_started_with "$1" | cmp -s - "$2/frozen.started-with" ||
    nft list table inet "$table" >/dev/null 2>&1; then
    systemctl restart "$1" || fail "the service $1 does not start"
    frozen_started_with "$1" >"$2/frozen.started-with"
  fi
}

# Nobody is refused for it any more.
stop_frozen() { # UNIT
  systemctl stop "$1" 2>/dev/null || true
}
