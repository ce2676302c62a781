# shellcheck shell=sh
# Loads the border of $CURRENT, in one transaction. Needs `fail`.
load_border() {
  (cd "$CURRENT/border" && nft -f base.nft) || fail 'nftables refuses the border; the one before still stands'
  systemctl is-active --quiet gatebox-border.service || systemctl start gatebox-border.service
}
