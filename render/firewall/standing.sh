# shellcheck shell=sh
# shellcheck disable=SC2034 # whoever sources this reports $wrong
# Whether the kernel and a boot have what $CURRENT declares. Each check leaves in $wrong what is not (yet) as it should be.
# Needs sysctl.sh.
wants=/etc/systemd/system/sysinit.target.wants
units='gatebox-closed.service gatebox-firewall.service'

# Rules are compared as nftables lists them, without counts: those that stand with those of the file, loaded into a network
# namespace of their own. What sets have noted of packets is left out.
without_notes() {
  awk '
    /^\tset / { notes = 0 }
    /^\t\tflags .*dynamic/ { notes = 1 }
    notes && /^\t\telements = / { inside = 1 }
    !inside
    inside && /}$/ { inside = 0 }
  '
}

rules_stand() {
  wrong='the firewall does not stand: nftables has no table inet gatebox_firewall'
  standing=$(nft -s list table inet gatebox_firewall 2>/dev/null) || return 1
  standing=$(printf '%s\n' "$standing" | without_notes)
  wrong='the declared rules do not load in a network namespace of their own (unshare), so they cannot be compared'
  declared=$(
    # shellcheck disable=SC2016 # expanded by the inner shell
    timeout 10 unshare --net sh -euc 'nft -f "$1"; nft -s list table inet gatebox_firewall' sh "$CURRENT/nft/firewall.nft" 2>/dev/null
  ) || return 1
  wrong='other rules stand than declared'
  [ "$standing" = "$declared" ] || return 1
  wrong='the host is closed: nftables has the table inet gatebox_closed beside the firewall'
  ! nft -t list table inet gatebox_closed >/dev/null 2>&1
}

copies_stand() {
  while read -r source place _; do
    wrong="$place is no copy of $source"
    [ ! -L "$place" ] && cmp -s "$CURRENT/$source" "$place" || return 1
  done <"$CURRENT/files.list"
  for unit in $units; do
    wrong="$unit is not enabled"
    [ "$(readlink "$wants/$unit")" = "../$unit" ] || return 1
  done
}

settings_hold() {
  while read -r key _ value; do
    has=$(cat "$(file_of "$key")" 2>/dev/null) || has=''
    # shellcheck disable=SC2034 # it is for who asks
    wrong="the setting $key is '$has' instead of $value"
    [ "$has" = "$value" ] || return 1
  done <"$CURRENT/sysctl/firewall.conf"
}
