#!/bin/sh
# Prints the rules of all software but Gatebox, as nftables lists them (where it is installed) and as iptables does, without
# what they have counted.
if command -v nft >/dev/null; then
  nft -j list tables | grep -oE '"family": "[^"]*", "name": "[^"]*", "handle": [0-9]+' | grep -v gatebox_ | sort
  # shellcheck disable=SC2086 # two words: family and name
  nft list tables | grep -v '^table inet gatebox_' | sort | while read -r _ table; do nft -s list table $table; done
fi
for save in iptables-save ip6tables-save; do
  ! command -v "$save" >/dev/null || "$save" | sed '/^#/d; s/ \[[0-9:]*\]$//'
done
