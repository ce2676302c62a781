#!/bin/sh
# Gives this host traffic again. `gatebox undrain` sends it, behind $assemblies, whose transactions are kept out.
set -u
. ./places.sh
. ./locks.sh
: "${assemblies?}"

undrain() {
  echo 'gatebox-undrain 1'
  # shellcheck disable=SC2086 # names
  take_locks "${GATEBOX_LOCK_WAIT:-15}" $assemblies
  [ -e "$mark" ] || echo already
  rm -f "$mark" "$mark.new" "$mark.said" "$announcement" "/etc/systemd/system/sysinit.target.wants/$unit"
  nft delete table inet gatebox_drained 2>/dev/null || :
  if [ -e "/etc/systemd/system/$unit" ]; then
    unlocked timeout 20 systemctl stop "$unit" || :
    rm -f "/etc/systemd/system/$unit"
    unlocked timeout 20 systemctl daemon-reload || :
  fi
  # Twice: who keeps a marked host drained may have seen the mark a moment ago.
  for pause in 0.3 0; do
    [ ! -e "$vip/scripts/drain" ] || said=$(sh "$vip/scripts/drain" off 2>&1) || stop_with "$said"
    sleep "$pause"
  done
  echo end
}

# Nothing that it calls may read on in this script.
undrain </dev/null
