#!/bin/sh
# Do the rules, the settings and conntrackd work as $CURRENT declares them? The kernel has every setting that it lets itself be
# given, and conntrackd answers. Nobody else on this host drops what they forward.
. ../shell/fail.sh
. ../shell/until.sh
. ../shell/way_in.sh
. ./sysctl.sh
. ./standing.sh
. ../conntrackd/synced.sh
. ../conntrackd/serves.sh

works() {
  rules_stand && settings_hold && conntrackd_serves
}

try_until 25 0.2 works || fail "$wrong"
while read -r interface source destination; do
  require_way "packets from $interface that are to be forwarded" "$interface" forward "$source" "$destination" 443 </dev/null
done <"$CURRENT/lifecycle/ways"
