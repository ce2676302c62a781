/** What the host's runtime runs to have keepalived hold the virtual IPs of a host. */
import { vipNotes } from "./keepalived.ts";
import { answersWithin, membersChange } from "./vipMembers.ts";
import { running, vipSettings } from "./vipRunning.ts";

/**
 * `lifecycle/activate`: keepalived reloads; it is restarted only when it does not run or its service is declared
 * otherwise. After a reload it is asked what it runs. An address that is no longer declared is taken off.
 *
 * It decides by what the running program was started with and has loaded, not by what the previous tree was: a run that
 * was cut off is put right by the next.
 */
export function vipActivate(): string {
  return `#!/bin/sh
# Makes keepalived use $CURRENT.
notes=${vipNotes}

fail() {
  echo "$*" >&2
  exit 1
}

${running}
${membersChange}
${answersWithin}
${vipSettings.settings}
${vipSettings.noteFormer}
${vipSettings.giveBack}
words_since() {
  journalctl --quiet --no-pager --output cat --unit keepalived.service --since "@$1" --lines 20 >&2 2>/dev/null || true
}

runs_declared() {
  systemctl is-active --quiet keepalived.service && now=$(running) && [ "$now" = "$(declared "$CURRENT")" ]
}

# Prints, as keepalived would, the states that have not arrived where they are noted.
unsaid() {
  words=$(dumped) || return 0
  printf '%s\\n' "$words" | awk -F: '
    $1 == "iname" { name = $2 }
    $1 == "state" { state = $2 == 1 ? "BACKUP" : $2 == 2 ? "MASTER" : $2 == 3 ? "FAULT" : "" }
    $1 == "effective_priority" { priority = $2 }
    $1 == "version" && state != "" { print name, state, priority; state = "" }
  ' | while read -r name state priority; do
    read -r noted _ 2>/dev/null <"$notes/$name.state" || noted=''
    [ "$noted" = "$state" ] || echo "INSTANCE \\"$name\\" $state $priority"
  done
}

# With a reload keepalived ends the script that reads what it says, and what was not read yet is lost. Says that again.
say_again() {
  tries=0
  until lost=$(unsaid) && [ -z "$lost" ]; do
    tries=$((tries + 1))
    if [ "$tries" -ge 5 ]; then
      echo "saying again: $lost"
      printf '%s\\n' "$lost" | timeout 2 tee "$notes/events" >/dev/null || true
      return
    fi
    sleep 0.2
  done
}

until_runs_declared() { # SINCE SENTENCE
  tries=0
  until runs_declared; do
    tries=$((tries + 1))
    if [ "$tries" -ge 25 ]; then
      words_since "$1"
      fail "$2"
    fi
    sleep 0.2
  done
}

mkdir -p "$notes" "$kept"
if [ -z "$PREVIOUS" ] || ! diff -r "$CURRENT/systemd" "$PREVIOUS/systemd" >/dev/null; then
  systemctl daemon-reload
fi
note_former
sysctl --quiet --load "$CURRENT/sysctl/vip.conf" || fail 'the kernel refuses a setting of sysctl/vip.conf'
give_back "$CURRENT"
systemctl is-enabled --quiet keepalived.service || systemctl --quiet enable keepalived.service

# What a service is started with.
started_with() { # health or watch
  cat "$CURRENT/systemd/gatebox-vip-$1.service" "$CURRENT/scripts/$1"
}

# First what keepalived is told by; both read the tree again at every turn.
for one in health watch; do
  if ! systemctl is-active --quiet "gatebox-vip-$one.service" ||
    ! started_with "$one" | cmp -s - "$notes/$one.started-with"; then
    systemctl restart "gatebox-vip-$one.service" || fail "the service gatebox-vip-$one does not start"
    started_with "$one" >"$notes/$one.started-with"
  fi
done

# Before keepalived is told: whom it tells beside its peers, and what it must not take yet.
each_vip "$CURRENT" part
each_vip "$CURRENT" hold_back
wait

begun=$(date +%s)
sum=$(sum_of "$CURRENT")
if ! systemctl is-active --quiet keepalived.service ||
  ! cat "$CURRENT/systemd/keepalived.conf" "$CURRENT/scripts/start" | cmp -s - "$notes/keepalived.started-with"; then
  systemctl restart keepalived.service || { words_since "$begun"; fail 'keepalived does not start'; }
  until_runs_declared "$begun" 'keepalived started, but does not run what is declared'
elif [ "$(cat "$notes/keepalived.loaded" 2>/dev/null)" != "$sum" ]; then
  systemctl reload keepalived.service || { words_since "$begun"; fail 'keepalived does not reload'; }
  until_runs_declared "$begun" 'keepalived did not take the new configuration'
  say_again
fi
echo "$sum" >"$notes/keepalived.loaded"
if grep -qsx 1 "$kept"/*.joining; then
  systemctl restart gatebox-vip-join.service || fail 'the service gatebox-vip-join does not start'
fi

for file in "\${PREVIOUS:-/nonexistent}"/keepalived/vips/*.address; do
  [ -e "$file" ] || continue
  read -r name address interface _ <"$file"
  [ "$(cat "$CURRENT/keepalived/vips/$name.address" 2>/dev/null)" != "$(cat "$file")" ] || continue
  [ -e "$CURRENT/keepalived/vips/$name.address" ] || rm -f "$notes/$name.state" "$kept/$name.peers" "$kept/$name.joining"
  cat "$CURRENT"/keepalived/vips/*.address 2>/dev/null | grep -qF " $address $interface " ||
    ip address del "$address" dev "$interface" 2>/dev/null || true
done

`;
}
