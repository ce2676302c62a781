/** What the host's runtime runs to check, activate, probe and stop the virtual IPs of a host. */
import { vipDrainFile, vipKept, vipNotes, vipTree } from "./keepalived.ts";
import { answersWithin, membersChange } from "./vipMembers.ts";

/**
 * Debian packages of a host with virtual IPs. `socat` asks the programs that make a holder useful, `arping` looks for a
 * stranger with the address, `procps` brings `sysctl`.
 */
export const vipPackages: readonly string[] = ["keepalived", "socat", "iproute2", "iputils-arping", "procps"];

/** Units that Debian would start as soon as their package is there. */
export const vipHold: readonly string[] = ["keepalived.service"];

/** `lifecycle/links`: what systemd and sysctl read, as copies of files of the tree. */
export const vipLinks = `/etc/systemd/system/keepalived.service.d/gatebox.conf systemd/keepalived.conf
/etc/systemd/system/gatebox-vip-watch.service systemd/gatebox-vip-watch.service
/etc/systemd/system/gatebox-vip-health.service systemd/gatebox-vip-health.service
/etc/systemd/system/gatebox-vip-join.service systemd/gatebox-vip-join.service
/etc/sysctl.d/60-gatebox-vip.conf sysctl/vip.conf
`;

// Whatever is sent to an IPv6 address makes the kernel ask for its neighbour, three times, a second apart; what it knew
// from before may be out of date.
const neighbour6 = `  case $1 in
  *:*)
    ip -6 neighbour del "$1" dev "$2" 2>/dev/null || true
    printf x | timeout 2 socat -u - "UDP6-SENDTO:[$1]:9,so-bindtodevice=$2" 2>/dev/null || true
    tries=0
    until ip -6 neighbour show to "$1" dev "$2" | sed -n 's/.*lladdr \\([0-9a-f:]*\\).*/\\1/p' | grep . || [ "$tries" -ge 20 ]; do
      tries=$((tries + 1))
      sleep 0.05
    done
    return 0
    ;;
  esac
`;

/**
 * `lifecycle/check`: the whole staged tree, with keepalived's own checker. It also refuses what no checker sees: an
 * interface or an own address that is not there, an address that does not belong on its interface, and an address that
 * is new to this host and that a stranger has already. (A peer that was set up before this host is no stranger: the
 * answer comes from a peer's hardware address.)
 */
export function vipCheck(options: { readonly ipv6: boolean }): string {
  return `#!/bin/sh
# Is the staged tree $TREE fit to be served? Changes nothing.
fail() {
  echo "$*" >&2
  exit 1
}

# keepalived wants to see the scripts where the configuration says they are: in the tree to be checked.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/vips" "$copy/kept"
for file in keepalived/keepalived.conf keepalived/vips/*.conf; do
  sed "s#${vipTree}/#$TREE/#g; s#include ${vipKept}/#include $copy/kept/#" "$file" >"$copy/\${file#keepalived/}"
done
for file in keepalived/vips/*.address; do
  one=\${file##*/}
  : >"$copy/kept/\${one%.address}.peers"
done
for events in events silent; do
  words=$(keepalived --config-test --config-id "$events" --use-file "$copy/keepalived.conf" 2>&1) || {
    printf '%s\\n' "$words" | sed "s#$copy/#keepalived/#g; s#$TREE/#${vipTree}/#g" >&2
    fail 'keepalived refuses the configuration'
  }
done

# The hardware address that answers for ADDRESS on INTERFACE; nothing when nobody does.
who_has() { # ADDRESS INTERFACE
${options.ipv6 ? neighbour6 : ""}  timeout 5 arping -c 2 -w 1 -f -I "$2" "$1" 2>/dev/null | sed -n 's/.*\\[\\([0-9A-Fa-f:]*\\)\\].*/\\1/p' | head -n 1
}

for file in keepalived/vips/*.address; do
  [ -e "$file" ] || continue
  read -r name address interface own peers <"$file"
  vip=\${address%/*}
  ip link show dev "$interface" >/dev/null 2>&1 || fail "virtual IP $name: this host has no interface $interface"
  ip -o address show dev "$interface" | grep -qF " $own/" ||
    fail "virtual IP $name: the interface $interface does not have the address $own"
  ! cat "\${CURRENT:-${vipTree}}"/keepalived/vips/*.address 2>/dev/null | cut -d ' ' -f 2,3 | sed 's#/[0-9]* # #' |
    grep -qxF "$vip $interface" || continue
  [ -z "$(ip -o address show to "$vip")" ] ||
    fail "virtual IP $name: this host has the address $vip already, and not from keepalived; remove it"
  route=$(ip -o route get "$vip" 2>&1) || fail "virtual IP $name: $route"
  case $route in
  *' via '* | *' unreachable '*) fail "virtual IP $name: $vip is not in the subnet of the interface $interface: $route" ;;
  *" dev $interface "*) ;;
  *) fail "virtual IP $name: $vip is reached by another interface than $interface: $route" ;;
  esac
${options.ipv6 ? "" : "  case $vip in *:*) continue ;; esac\n"}  holder=$(who_has "$vip" "$interface")
  [ -n "$holder" ] || continue
  known=''
  for peer in $peers; do
    [ "$(who_has "$peer" "$interface")" != "$holder" ] || known=1
  done
  [ -n "$known" ] || fail "virtual IP $name: $vip is in use already, by $holder on $interface; it is none of: $peers"
done
`;
}

// Shared by activate and probe: what keepalived says it runs, against what the tree declares.
const dump = `# Prints "NAME ROUTER PRIORITY INTERFACE" of each virtual IP that the tree $1 declares.
declared() {
  cat "$1"/keepalived/vips/*.conf | awk '
    $1 == "vrrp_instance" { name = $2 }
    $1 == "interface" { interface = $2 }
    $1 == "virtual_router_id" { router = $2 }
    $1 == "priority" { print name, router, $2, interface }
  ' | sort
}

# The same of what keepalived runs; it writes it to a file when it is asked to.
running() {
  rm -f ${vipNotes}/keepalived.json
  read -r parent 2>/dev/null <${vipNotes}/keepalived.pid || return 1
  kill -s "$(keepalived --signum=JSON)" "$parent" 2>/dev/null || return 1
  tries=0
  until grep -q '\\]$' ${vipNotes}/keepalived.json 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 40 ] || return 1
    sleep 0.05
  done
  sed 's/[" ]//g; s/[,{}]/\\n/g' ${vipNotes}/keepalived.json | awk -F: '
    $1 == "iname" { name = $2 }
    $1 == "ifp_ifname" { interface = $2 }
    $1 == "vrid" { router = $2 }
    $1 == "base_priority" { priority[name] = $2 }
    $1 == "effective_priority" { print name, router, priority[name], interface }
  ' | sort
}

# A name for the text that keepalived reads, and that of the script which it starts anew with it.
sum_of() {
  (cd "$1/keepalived" && cat keepalived.conf vips/*.conf vips/*.address ../scripts/events ${vipKept}/*.peers 2>/dev/null | sha256sum)
}
`;

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

${dump}
${membersChange}
${answersWithin}
words_since() {
  journalctl --quiet --no-pager --output cat --unit keepalived.service --since "@$1" --lines 20 >&2 2>/dev/null || true
}

runs_declared() {
  systemctl is-active --quiet keepalived.service && now=$(running) && [ "$now" = "$(declared "$CURRENT")" ]
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
sysctl --quiet --load "$CURRENT/sysctl/vip.conf" || fail 'the kernel refuses a setting of sysctl/vip.conf'
systemctl is-enabled --quiet keepalived.service || systemctl --quiet enable keepalived.service

# First what keepalived is told by; both read the tree again at every turn.
for one in health watch; do
  if ! systemctl is-active --quiet "gatebox-vip-$one.service" ||
    ! cmp -s "$notes/$one.started-with" "$CURRENT/scripts/$one"; then
    systemctl restart "gatebox-vip-$one.service" || fail "the service gatebox-vip-$one does not start"
    cp "$CURRENT/scripts/$one" "$notes/$one.started-with"
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

/**
 * `lifecycle/probe`: keepalived runs what is declared, its watch is up, and each virtual IP has come to a state in which
 * this host is of use (MASTER or BACKUP), with the address there exactly when it holds it. A host that is drained may
 * hold none, nor one that is held back until the holder is changed as well.
 */
export function vipProbe(): string {
  return `#!/bin/sh
# Do the virtual IPs of this host work as $CURRENT declares them?
${dump}
# Each check leaves in $wrong what is not (yet) as it should be.
keepalived_runs() {
  wrong='keepalived is not running'
  systemctl is-active --quiet keepalived.service || return 1
  for one in health watch; do
    wrong="gatebox-vip-$one.service is not running"
    systemctl is-active --quiet "gatebox-vip-$one.service" || return 1
  done
  wrong='keepalived does not say what it runs'
  now=$(running) || return 1
  wrong='keepalived runs other virtual IPs than declared'
  [ "$now" = "$(declared "$CURRENT")" ]
}

states_reached() {
  for file in "$CURRENT"/keepalived/vips/*.address; do
    [ -e "$file" ] || continue
    read -r name address interface _ <"$file"
    state=none
    read -r state _ 2>/dev/null <"${vipNotes}/$name.state"
    held=$(ip -o address show dev "$interface" to "\${address%/*}")
    case $state in
    MASTER)
      wrong="virtual IP $name: this host is its holder, but $interface does not have $address"
      [ -n "$held" ] || return 1
      ;;
    BACKUP)
      wrong="virtual IP $name: this host is a backup, but $interface has $address"
      [ -z "$held" ] || return 1
      ;;
    *)
      [ "$(cat ${vipDrainFile} 2>/dev/null || echo 0)" = 0 ] || continue
      # Held back for as long as its holder has not been told of this host. Mostly it has been, and that is soon over.
      if grep -qsx 1 "${vipKept}/$name.joining" && [ "$tries" -ge 10 ]; then continue; fi
      wrong="virtual IP $name: this host cannot hold it (state $state): what it needs does not work here$(needs "$file")"
      return 1
      ;;
    esac
  done
}

# What the virtual IP of the file tracks, for the message.
needs() {
  sed -n '/track_/,/}/s/^ *\\(@events *\\)\\{0,1\\}\\([A-Za-z0-9_.-]*\\)$/ \\2/p' "\${1%.address}.conf" | sort -u | tr -d '\\n'
}

tries=0
until keepalived_runs && states_reached; do
  tries=$((tries + 1))
  if [ "$tries" -ge 40 ]; then
    echo "$wrong" >&2
    exit 1
  fi
  sleep 0.2
done
`;
}

/** `lifecycle/deactivate`: keepalived gives its addresses away and stops. Nothing is left for a later boot to start. */
export function vipDeactivate(): string {
  return `#!/bin/sh
# Stops the virtual IPs of this host, because their base is being removed.
if systemctl cat keepalived.service >/dev/null 2>&1; then
  systemctl --quiet disable keepalived.service
  timeout 20 systemctl stop keepalived.service
fi
timeout 20 systemctl stop gatebox-vip-watch.service gatebox-vip-health.service gatebox-vip-join.service 2>/dev/null || true
sh scripts/release "$PWD"
rm -rf ${vipNotes} ${vipKept}
`;
}
