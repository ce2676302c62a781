# shellcheck shell=sh
# Takes the border away.
remove_border() {
  systemctl stop gatebox-border.service 2>/dev/null || true
  if nft list table inet gatebox_border >/dev/null 2>&1; then nft delete table inet gatebox_border; fi
}
