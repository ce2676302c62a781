# shellcheck shell=sh
# Whether the kernel has what $CURRENT declares. Each check leaves in $wrong what is not (yet) as it should be. Needs sysctl.sh.

# As many rules as declared: they are loaded as a whole.
rules_stand() {
  wrong='the rules do not stand: nftables has no table inet gatebox_nat'
  rules=$(nft list table inet gatebox_nat 2>/dev/null) || return 1
  wrong='other rules stand than declared'
  chains=$(sed -n 's/^    chain \([a-z_]*\) {$/\1/p' "$CURRENT/nft/nat.nft")
  for chain in $chains; do
    declared=$(sed -n "/^    chain $chain {/,/^    }/p" "$CURRENT/nft/nat.nft" | grep -Evc '^ *$')
    standing=$(printf '%s\n' "$rules" | sed -n "/^.chain $chain {/,/^.}/p" | grep -Evc '^ *$')
    [ "$declared" = "$standing" ] || return 1
  done
}

settings_hold() {
  # Whoever asks outside of a transaction may be the first since the boot.
  wrong='/run/gatebox/nat cannot be written to'
  mkdir -p /run/gatebox/nat && declared_settings "$CURRENT" >/run/gatebox/nat/settings || return 1
  while read -r key _ value; do
    optional=''
    case $key in -*) optional=1 key=${key#-} ;; esac
    has=$(cat "$(file_of "$key")" 2>/dev/null) || has=''
    # shellcheck disable=SC2034 # it is for who asks
    wrong="the setting $key is '$has' instead of $value"
    [ "$has" = "$value" ] || { [ -n "$optional" ] && [ ! -w "$(file_of "$key")" ]; } || return 1
  done </run/gatebox/nat/settings
}
