#!/bin/sh
# Makes a boot and the kernel use $CURRENT: the copies in /etc, then the rules in one transaction. Nothing is done for what
# stands, so counters go on. No program is started or stopped, and nothing is restarted: that would end those that require
# the firewall.
. ../shell/fail.sh
. ./sysctl.sh
. ./standing.sh
notes=/run/gatebox/firewall

while read -r _ place _; do
  # Of an attempt that was killed.
  rm -f "$place.gatebox-new"
done <"$CURRENT/files.list"
if ! copies_stand; then
  echo "installing the copies for a boot: $wrong"
  while read -r source place mode; do
    install -D -m "$mode" "$CURRENT/$source" "$place.gatebox-new"
    # After a power cut there is what was there or this, whole.
    sync "$place.gatebox-new"
    mv -fT "$place.gatebox-new" "$place"
    sync "${place%/*}"
  done <"$CURRENT/files.list"
  mkdir -p "$wants"
  for unit in $units; do ln -sfn "../$unit" "$wants/$unit"; done
  sync "$wants"
  systemctl daemon-reload
fi

if ! rules_stand; then
  echo "loading the rules: $wrong"
  nft -f "$CURRENT/nft/firewall.nft" || fail 'nftables refuses the firewall; what stood before still stands'
fi
if ! settings_hold; then
  echo "loading settings: $wrong"
  mkdir -p "$notes"
  back_up_settings "$notes"
  refused=$(sysctl --quiet --load "$CURRENT/sysctl/firewall.conf" 2>&1) || fail "the kernel refuses a setting: $refused"
  restore_settings "$CURRENT"
fi
# For systemd: programs require the unit.
systemctl is-active --quiet gatebox-firewall.service || systemctl start gatebox-firewall.service
