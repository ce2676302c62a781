# shellcheck shell=sh
# Stops conntrackd where a tree wants it. Needs `synced`.
stop_conntrackd() { # TREE
  if synced "$1" && systemctl cat conntrackd.service >/dev/null 2>&1; then
    systemctl --quiet disable conntrackd.service || true
    timeout 20 systemctl stop conntrackd.service || true
  fi
}
