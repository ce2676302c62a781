#!/bin/sh
# Makes the kernel and conntrackd use $CURRENT: the rules in one transaction, then the settings, forwarding last, then
# conntrackd. Nothing is done for what has not changed and stands, so the rules' counters go on. Connections that exist go on in
# any case: what they were given stands in the kernel's table of connections, not in the rules.
. ../shell/fail.sh
. ../shell/reload_units.sh
. ./sysctl.sh
. ./standing.sh
. ../conntrackd/synced.sh
. ../conntrackd/serve.sh
notes=/run/gatebox/nat

# A name for what the kernel reads.
sum_of() { # TREE
  { declared_settings "$1" && cat "$1/nft/nat.nft"; } | sha256sum
}

load() { # FILE
  refused=$(sysctl --quiet --load "$CURRENT/sysctl/$1" 2>&1) || fail "the kernel refuses a setting: $refused"
}

mkdir -p "$notes"
reload_units
sum=$(sum_of "$CURRENT")
wrong='they are new'
if [ "$(cat "$notes/loaded" 2>/dev/null)" != "$sum" ] || ! rules_stand || ! settings_hold; then
  echo "loading rules and settings: $wrong"
  modprobe nf_conntrack 2>/dev/null || true
  back_up_settings "$notes"
  (cd "$CURRENT/nft" && nft -f nat.nft) || fail 'nftables refuses the rules; those before still stand'
  load nat.conf
  # Without the rules this host would forward for anybody.
  load forwarding.conf
  restore_settings "$CURRENT"
  echo "$sum" >"$notes/loaded"
fi
# For systemd: so that the unit is known as active and can be reloaded by hand.
systemctl is-active --quiet gatebox-nat.service || systemctl start gatebox-nat.service
serve_conntrackd "$notes"
