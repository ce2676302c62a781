# shellcheck shell=sh
# Refuses a border that nftables refuses, and a program that would take it away. Needs `fail` and `ruleset_stays`.
check_border() {
  (cd border && nft -c -f base.nft) || fail 'nftables refuses the border'
  ruleset_stays
}
