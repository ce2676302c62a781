# shellcheck shell=sh
# Refuses to rename the interface NOW to NAME while a live tree goes by that name: keepalived would leave its addresses to
# nobody, and a firewall would let everything pass. Each tree says in `interfaces.used` by which names it goes (see
# render/usedInterfaces.ts); one that does not was made before trees did, and may go by any. Needs fail.
refuse_rename_of_used() { # NOW NAME
  for tree in /etc/gatebox/*; do
    if ! [ -d "$tree" ] || [ "$tree" = /etc/gatebox/network ]; then continue; fi
    [ -f "$tree/interfaces.used" ] ||
      fail "$1 is to be named $2, but $tree is in force and does not say yet which interfaces it uses: keep its name, by interfaces: of this host, until an up has renewed that tree"
    ! grep -qxF "$1" "$tree/interfaces.used" ||
      fail "$1 is to be named $2, but $tree/interfaces.used names it and is in force: keep its name, by interfaces: of this host, or drain the host and remove that unit first"
  done
}
