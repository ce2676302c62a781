/**
 * What the host's runtime runs to check, activate, probe and stop a gateway. The runtime knows no program by name; all
 * that is special about HAProxy and nftables is said here. Scripts are POSIX `sh`, run as `sh -eu` and bounded in time.
 */
import { haproxyMasterSocket } from "./haproxy.ts";
import { rulesetStays } from "./conflictingFirewalls.ts";
import { stalledActivate, stalledUnit } from "./stalled.ts";
import { gatewayNotes } from "./systemd.ts";
import { address, networkInterface } from "./scalars.ts";

/** Debian packages of a gateway. `socat` speaks to HAProxy's command line, `iproute2` brings `ip` and `ss`. */
export const gatewayPackages: readonly string[] = ["haproxy", "nftables", "socat", "iproute2"];

/** Units that Debian would start with its own configuration as soon as their package is there. */
export const gatewayHold: readonly string[] = ["haproxy.service"];

/**
 * `lifecycle/links`: what systemd reads, in its places. The second place of the border's unit is a link, as
 * `systemctl enable` would make it: the border stands before the network does.
 */
export const gatewayLinks = `/etc/systemd/system/haproxy.service.d/gatebox.conf systemd/haproxy.conf
/etc/systemd/system/gatebox-border.service systemd/gatebox-border.service
/etc/systemd/system/${stalledUnit("gateway")} systemd/${stalledUnit("gateway")}
/etc/systemd/system/sysinit.target.wants/gatebox-border.service systemd/gatebox-border.service
`;

/** Seconds after which a host whose operator can no longer get in goes back to what it had, by itself. */
export const gatewayGuard = "60\n";

export interface GatewayCheckOptions {
  /** The gateway's interface on the gateway network, and its own address there. */
  readonly gatewayInterface: string;
  readonly gatewayAddress: string;
}

// Another program on a declared port is found before HAProxy is told to take the port: for as long as HAProxy tries
// (2 s), its former process pauses all its listeners.
const portsFree = `# Prints "ADDRESS:PORT" of every listener that a tree declares.
declared() {
  cat "$1/haproxy/base.cfg" "$1"/haproxy/routes/*.cfg 2>/dev/null | sed -n 's/^ *bind \\([^ ]*\\).*/\\1/p'
}

ports_free() {
  ss -Hltnp | awk -v ours='"haproxy"' '
    FNR == NR { declared[$1] = 1; split($1, part, ":"); by_port[part[2]] = $1; next }
    index($0, ours) { next }
    {
      port = $4; sub(/.*:/, "", port)
      where = substr($4, 1, length($4) - length(port) - 1)
      everywhere = (where == "*" || where == "0.0.0.0" || where == "[::]")
      if (everywhere && port in by_port) taken = by_port[port]; else if ($4 in declared) taken = $4; else next
      print taken " is already taken: " $4 " " $6 > "/dev/stderr"
      found = 1
    }
    END { exit found }
  ' "$1" -
}
`;

/**
 * `lifecycle/check`: the whole staged tree, with the programs' own checkers. It also refuses what no checker sees: an
 * interface that does not exist (the border would be open), a port that another program holds, and a program that would
 * take the border away.
 */
export function gatewayCheck(options: GatewayCheckOptions): string {
  const outer = networkInterface(options.gatewayInterface, "gatewayInterface of the gateway");
  const own = address(options.gatewayAddress, "gatewayAddress of the gateway");
  return `#!/bin/sh
# Is the staged tree $TREE fit to be served? Changes nothing.
fail() {
  echo "$*" >&2
  exit 1
}

interface='${outer}'
address='${own}'
ip link show dev "$interface" >/dev/null 2>&1 || fail "this host has no interface $interface"
ip -o -4 address show dev "$interface" | grep -qF " $address/" || fail "the interface $interface does not have the address $address"

words=$(haproxy -c -f haproxy/base.cfg -f haproxy/routes 2>&1) || {
  printf '%s\\n' "$words" | grep -v '^\\[NOTICE\\]' >&2
  fail 'HAProxy refuses the configuration'
}
(cd border && nft -c -f base.nft) || fail 'nftables refuses the border'
${rulesetStays}
${portsFree}
list=$(mktemp)
trap 'rm -f "$list"' EXIT
declared . >"$list"
ports_free "$list" || fail 'stop the program that holds the port, or choose another port'
`;
}

// Shared by activate and probe: how the master answers on its command line, and what it says about itself.
const master = `cli() {
  printf '%s\\n' "$1" | timeout 5 socat -t 5 - "UNIX-CONNECT:${haproxyMasterSocket}" 2>/dev/null
}

# Asks the master for its processes. Sets reloads, failed and worker ('' unless it runs what was loaded last).
ask_master() {
  reloads='' failed='' worker=''
  answer=$(cli 'show proc') || return 1
  facts=$(printf '%s\\n' "$answer" | awk '
    $2 == "master" { reloads = $3; failed = $5; sub(/\\]/, "", failed) }
    $2 == "worker" && $3 == 0 && worker == "" { worker = $1 }
    END { print reloads, failed, worker }
  ')
  reloads=\${facts%% *} worker=\${facts##* } failed=\${facts#* }
  failed=\${failed%% *}
  [ -n "$failed" ]
}

# A name for the text that HAProxy reads.
sum_of() {
  (cd "$1/haproxy" && cat base.cfg routes/*.cfg 2>/dev/null | sha256sum)
}
`;

/**
 * `lifecycle/activate`: HAProxy first, then the border, whichever way a port goes. If HAProxy refuses, the border has
 * not been touched. A new port opens when somebody already listens behind it. A port that goes is refused for the
 * moment between the two, then silent; connections of other routes are in no way touched by either step.
 *
 * HAProxy 2.6 answers nothing to `reload`; whether it took is read from `show proc`: the master counts reloads, and
 * failed ones since the last that took. After a failure it goes on with the former worker.
 *
 * It decides by what the running programs were started with and have loaded, not by what the previous tree was: a run
 * that was cut off is put right by the next.
 */
export function gatewayActivate(): string {
  return `#!/bin/sh
# Makes HAProxy and the border use $CURRENT.
notes=${gatewayNotes}

fail() {
  echo "$*" >&2
  exit 1
}

${master}
${portsFree}
words_since() {
  journalctl --quiet --no-pager --output cat --unit haproxy.service --since "@$1" --lines 20 >&2 2>/dev/null || true
}

start_haproxy() {
  begun=$(date +%s)
  systemctl restart haproxy.service || { words_since "$begun"; fail 'HAProxy does not start'; }
  tries=0
  until ask_master && [ "$failed" = 0 ] && [ -n "$worker" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || { words_since "$begun"; fail 'HAProxy started, but its master does not answer'; }
    sleep 0.1
  done
}

reload_haproxy() {
  begun=$(date +%s)
  before=$reloads
  cli reload >/dev/null || fail 'the master of HAProxy did not take the command to reload'
  tries=0
  until ask_master && [ "$reloads" -gt "$before" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || fail 'HAProxy did not reload within 20 s'
    sleep 0.1
  done
  if [ "$failed" != 0 ] || [ -z "$worker" ]; then
    words_since "$begun"
    haproxy -c -f "$CURRENT/haproxy/base.cfg" -f "$CURRENT/haproxy/routes" 2>&1 | grep -v '^\\[NOTICE\\]' >&2 || true
    fail 'HAProxy did not take the new configuration; it goes on with the one before'
  fi
}

# A restart ends connections: a master that is busy (with a reload, on a busy host) is given time to answer.
master_answers() {
  tries=0
  until ask_master; do
    tries=$((tries + 1))
    [ "$tries" -lt 40 ] || return 1
    sleep 0.25
  done
}

mkdir -p "$notes"
list=$(mktemp)
trap 'rm -f "$list"' EXIT
declared "$CURRENT" >"$list"
ports_free "$list" || fail 'stop the program that holds the port, or choose another port'

if [ -z "$PREVIOUS" ] || ! diff -r "$CURRENT/systemd" "$PREVIOUS/systemd" >/dev/null; then
  systemctl daemon-reload
fi
systemctl is-enabled --quiet haproxy.service || systemctl --quiet enable haproxy.service

sum=$(sum_of "$CURRENT")
if ! systemctl is-active --quiet haproxy.service ||
  ! cmp -s "$notes/haproxy.started-with" "$CURRENT/systemd/haproxy.conf" || ! master_answers; then
  start_haproxy
elif [ "$failed" != 0 ] || [ "$(cat "$notes/haproxy.loaded" 2>/dev/null)" != "$sum" ]; then
  reload_haproxy
fi
echo "$sum" >"$notes/haproxy.loaded"
${stalledActivate("gateway")}
(cd "$CURRENT/border" && nft -f base.nft) || fail 'nftables refuses the border; the one before still stands'
systemctl is-active --quiet gatebox-border.service || systemctl start gatebox-border.service
`;
}

/**
 * `lifecycle/probe`: HAProxy runs what was loaded last and that is the current tree, its worker listens on every
 * declared port, it answers on its metrics address, and the border has exactly the declared ports. Whether servers
 * behind a route are well is not asked: a route may be declared before its service is there.
 */
export function gatewayProbe(): string {
  return `#!/bin/sh
# Do HAProxy and the border serve $CURRENT?
notes=${gatewayNotes}
list=$(mktemp)
trap 'rm -f "$list"' EXIT

${master}
declared() {
  cat "$1/haproxy/base.cfg" "$1"/haproxy/routes/*.cfg 2>/dev/null | sed -n 's/^ *bind \\([^ ]*\\).*/\\1/p'
}

# Each check leaves in $wrong what is not (yet) as it should be.
haproxy_runs() {
  wrong='HAProxy is not running'
  systemctl is-active --quiet haproxy.service || return 1
  wrong='the master of HAProxy does not answer'
  ask_master || return 1
  wrong="HAProxy goes on with a former configuration: its last reload (number $reloads) failed"
  [ "$failed" = 0 ] && [ -n "$worker" ] || return 1
  wrong='HAProxy has loaded a former configuration'
  [ ! -e "$notes/haproxy.loaded" ] || [ "$(cat "$notes/haproxy.loaded")" = "$(sum_of "$CURRENT")" ]
}

haproxy_listens() {
  declared "$CURRENT" >"$list"
  missing=$(ss -Hltnp | awk -v ours="pid=$worker," '
    FNR == NR { declared[$1] = 1; next }
    index($0, ours) { delete declared[$4] }
    END { for (one in declared) { print one; exit } }
  ' "$list" -)
  wrong="HAProxy does not listen on $missing"
  [ -z "$missing" ]
}

haproxy_answers() {
  metrics=$(sed -n '/^frontend gatebox-metrics/,$s/^ *bind \\([^ ]*\\).*/\\1/p' "$CURRENT/haproxy/base.cfg")
  wrong="HAProxy does not answer on $metrics"
  printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' | timeout 3 socat -t 3 - "TCP:$metrics,connect-timeout=2" 2>/dev/null |
    head -n 1 | grep -q ' 200 '
}

border_stands() {
  wrong='the border does not stand: nftables has no table inet gatebox_border'
  set_text=$(nft list set inet gatebox_border declared_ports 2>/dev/null) || return 1
  open=$(printf '%s\\n' "$set_text" | sed -n '/elements/,$p' | tr -cs '0-9' '\\n' | sed '/^$/d' | sort)
  declared_ports=$(cat "$CURRENT"/border/ports/*.nft 2>/dev/null | tr -cs '0-9' '\\n' | sed '/^$/d' | sort)
  wrong='the ports that the border lets in are not the declared ones'
  [ "$open" = "$declared_ports" ]
}

tries=0
until haproxy_runs && haproxy_listens && haproxy_answers && border_stands; do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then
    echo "$wrong" >&2
    exit 1
  fi
  sleep 0.2
done
`;
}

/** `lifecycle/deactivate`: HAProxy stops, the border goes. Nothing is left for a later boot to start. */
export function gatewayDeactivate(): string {
  return `#!/bin/sh
# Stops what the gateway runs, because its base is being removed.
if systemctl cat haproxy.service >/dev/null 2>&1; then
  systemctl --quiet disable haproxy.service
  timeout 30 systemctl stop haproxy.service
fi
systemctl stop gatebox-border.service ${stalledUnit("gateway")} 2>/dev/null || true
nft list table inet gatebox_border >/dev/null 2>&1 && nft delete table inet gatebox_border
rm -rf ${gatewayNotes}
`;
}
