#!/bin/sh
# Do the rules stand as $CURRENT declares them, now and at the next boot?
. ../shell/fail.sh
. ../shell/until.sh
. ./sysctl.sh
. ./standing.sh

unit_is_active() {
  wrong='gatebox-firewall.service is not active'
  systemctl is-active --quiet gatebox-firewall.service
}

all_stand() {
  rules_stand && settings_hold && copies_stand && unit_is_active
}

try_until 10 0.2 all_stand || fail "$wrong"
