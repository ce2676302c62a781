#!/bin/sh
# Does the name server answer at each of its addresses as $CURRENT declares?
. ../shell/fail.sh
. ../shell/until.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${unit:?}" "${addresses:?}" "${asked:?}"

answers() {
  wrong="$unit is not running: $(journalctl --quiet --no-pager --output cat --unit "$unit" --lines 3 2>/dev/null | tr '\n' ' ' || true)"
  systemctl is-active --quiet "$unit" || return 1
  for address in $addresses; do
    answer=$(timeout 5 perl "$CURRENT/scripts/ask.pl" "$address" "$asked" 2>&1) || answer=${answer:-no answer}
    wrong="the name server at $address does not say what $asked is: $answer"
    # Of several addresses, that on the network that asks.
    case $answer in *[!0-9.\ ]* | '') return 1 ;; esac
    for one in $answer; do
      grep -q "^$one $asked\( \|$\)" "$CURRENT/hosts" || return 1
    done
  done
}
try_until 50 0.2 answers || fail "$wrong"
