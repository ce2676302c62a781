#!/bin/sh
# Makes keepalived use $CURRENT. It reloads; it is restarted only when it does not run or its service is declared otherwise.
# After a reload it is asked what it runs. An address that is no longer declared is taken off.
#
# What is done depends on what the running program was started with and has loaded, not on what the previous tree was: a run
# that was cut off is put right by the next.
. ../shell/fail.sh
. ../shell/until.sh
. ../shell/reload_units.sh
. ../shell/service_part.sh
. ./sysctl.sh
. ./answers_within.sh
. ./members.sh
. ./running.sh
notes=/run/gatebox/vip

# A name for the text that keepalived reads, and that of the script which it starts anew with it.
sum_of() { # TREE
  (cd "$1/keepalived" && cat keepalived.conf vips/*.conf vips/*.address ../scripts/events "$kept"/*.peers 2>/dev/null | sha256sum)
}

log_since() { # SECONDS
  journalctl --quiet --no-pager --output cat --unit keepalived.service --since "@$1" --lines 20 >&2 2>/dev/null || true
}

runs_declared() {
  systemctl is-active --quiet keepalived.service && now=$(running) && [ "$now" = "$(declared "$CURRENT")" ]
}

until_runs_declared() { # SINCE MESSAGE
  try_until 25 0.2 runs_declared || { log_since "$1"; fail "$2"; }
}

# Of the drop-in only the part that decides how keepalived runs: it is not restarted for its dependencies.
started_as_declared() {
  [ -f "$notes/keepalived.started-with" ] &&
    [ "$(service_part "$notes/keepalived.started-with")" = "$(service_part "$CURRENT/systemd/keepalived.conf" && cat "$CURRENT/scripts/start")" ]
}

# Prints, as keepalived would, the states that have not arrived where they are noted.
unreported() {
  dump=$(dumped) || return 0
  printf '%s\n' "$dump" | awk -F: '
    $1 == "iname" { name = $2 }
    $1 == "state" { state = $2 == 1 ? "BACKUP" : $2 == 2 ? "MASTER" : $2 == 3 ? "FAULT" : "" }
    $1 == "effective_priority" { priority = $2 }
    $1 == "version" && state != "" { print name, state, priority; state = "" }
  ' | while read -r instance now priority; do
    read -r noted _ 2>/dev/null <"$notes/$instance.state" || noted=''
    [ "$noted" = "$now" ] || echo "INSTANCE \"$instance\" $now $priority"
  done
}

all_reported() {
  lost=$(unreported) && [ -z "$lost" ]
}

# With a reload keepalived ends the script that reads its reports, and what was not read yet is lost. Reports that again.
report_again() {
  try_until 5 0.2 all_reported && return
  echo "reporting again: $lost"
  printf '%s\n' "$lost" | timeout 2 tee "$notes/events" >/dev/null || true
}

# What a service is started with.
started_with() { # health or watch
  cat "$CURRENT/systemd/gatebox-vip-$1.service" "$CURRENT/scripts/$1"
  # Read once, at the start.
  [ "$1" != watch ] || cat "$CURRENT/lifecycle/settings"
}

# Forgets a virtual IP that $CURRENT does not declare, and takes off an address that it does not have there.
take_off() {
  [ "$(cat "$CURRENT/keepalived/vips/$name.address" 2>/dev/null)" != "$(cat "$file")" ] || return 0
  [ -e "$CURRENT/keepalived/vips/$name.address" ] || rm -f "$notes/$name.state" "$kept/$name.peers" "$kept/$name.joining"
  cat "$CURRENT"/keepalived/vips/*.address 2>/dev/null | grep -qF " $address $interface " ||
    ip address del "$address" dev "$interface" 2>/dev/null || true
}

mkdir -p "$notes" "$kept"
reload_units
back_up_settings "$notes"
sysctl --quiet --load "$CURRENT/sysctl/vip.conf" || fail 'the kernel refuses a setting of sysctl/vip.conf'
restore_settings "$CURRENT"
systemctl is-enabled --quiet keepalived.service || systemctl --quiet enable keepalived.service

# First what keepalived goes by; both read the tree again at every turn.
for one in health watch; do
  if ! systemctl is-active --quiet "gatebox-vip-$one.service" ||
    ! started_with "$one" | cmp -s - "$notes/$one.started-with"; then
    systemctl restart "gatebox-vip-$one.service" || fail "the service gatebox-vip-$one does not start"
    started_with "$one" >"$notes/$one.started-with"
  fi
done

# Before keepalived reads it: whom it sends adverts beside its peers, and what it must not take yet.
each_vip "$CURRENT" part
each_vip "$CURRENT" hold_back
wait

begun=$(date +%s)
sum=$(sum_of "$CURRENT")
if ! systemctl is-active --quiet keepalived.service || ! started_as_declared; then
  systemctl restart keepalived.service || { log_since "$begun"; fail 'keepalived does not start'; }
  until_runs_declared "$begun" 'keepalived started, but does not run what is declared'
elif [ "$(cat "$notes/keepalived.loaded" 2>/dev/null)" != "$sum" ]; then
  systemctl reload keepalived.service || { log_since "$begun"; fail 'keepalived does not reload'; }
  until_runs_declared "$begun" 'keepalived did not take the new configuration'
  report_again
fi
echo "$sum" >"$notes/keepalived.loaded"
if grep -qsx 1 "$kept"/*.joining; then
  systemctl restart gatebox-vip-join.service || fail 'the service gatebox-vip-join does not start'
fi
each_vip "$PREVIOUS" take_off
