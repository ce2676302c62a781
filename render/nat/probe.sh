#!/bin/sh
# Do the rules, the settings and conntrackd work as $CURRENT declares them? The kernel has every setting that it lets itself be
# given, and conntrackd answers.
. ../shell/until.sh
. ./sysctl.sh
. ./standing.sh
. ../conntrackd/synced.sh
. ../conntrackd/serves.sh

works() {
  rules_stand && settings_hold && conntrackd_serves
}

try_until 25 0.2 works || { echo "$wrong" >&2; exit 1; }
