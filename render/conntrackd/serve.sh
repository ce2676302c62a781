# shellcheck shell=sh
# Makes conntrackd use $CURRENT. It takes a new configuration by a restart only; connections of the meantime are reported when
# it is back. Needs `fail` and `synced`.
conntrackd_sum() { # TREE
  cat "$1/conntrackd/conntrackd.conf" "$1/systemd/conntrackd.conf" | sha256sum
}

serve_conntrackd() { # NOTES
  if synced "$CURRENT"; then
    systemctl is-enabled --quiet conntrackd.service || systemctl --quiet enable conntrackd.service
    sum=$(conntrackd_sum "$CURRENT")
    if ! systemctl is-active --quiet conntrackd.service || [ "$(cat "$1/sync.loaded" 2>/dev/null)" != "$sum" ]; then
      restart_conntrackd
      echo "$sum" >"$1/sync.loaded"
      # Who holds the address goes on reporting; who does not asks for what the others know.
      timeout 5 conntrackd -C "$CURRENT/conntrackd/conntrackd.conf" -B >/dev/null 2>&1 || true
    fi
  elif [ -n "$PREVIOUS" ] && synced "$PREVIOUS"; then
    systemctl --quiet disable conntrackd.service
    systemctl stop conntrackd.service
    rm -f "$1/sync.loaded"
  fi
}

restart_conntrackd() {
  systemctl restart conntrackd.service || {
    journalctl --quiet --no-pager --output cat --unit conntrackd.service --lines 10 >&2 2>/dev/null || true
    fail 'conntrackd does not start'
  }
}
