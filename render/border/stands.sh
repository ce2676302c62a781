# shellcheck shell=sh
# Does the border stand, and lets in exactly the ports that $CURRENT declares? Leaves in $wrong what is not (yet) so.
border_stands() {
  wrong='the border does not stand: nftables has no table inet gatebox_border'
  set_text=$(nft list set inet gatebox_border declared_ports 2>/dev/null) || return 1
  open=$(printf '%s\n' "$set_text" | sed -n '/elements/,$p' | tr -cs '0-9' '\n' | sed '/^$/d' | sort)
  declared_ports=$(cat "$CURRENT"/border/ports/*.nft 2>/dev/null | tr -cs '0-9' '\n' | sed '/^$/d' | sort)
  # shellcheck disable=SC2034 # it is for who asks
  wrong='the ports that the border lets in are not the declared ones'
  [ "$open" = "$declared_ports" ]
}
