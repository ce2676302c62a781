/** What the host's runtime runs to check, activate, probe and stop a NAT gateway. */
import { natTree, toldProtocols } from "./conntrackd.ts";
import { formerSettings } from "./sysctlBackup.ts";
import { othersForward, rulesetStays } from "./conflictingFirewalls.ts";

/**
 * Debian packages of a NAT gateway. `netbase` has /etc/protocols, which minimal hosts lack: without it conntrackd knows none
 * of the protocols that its filter names, says so in its log and tells nobody of any connection.
 */
export const natPackages: readonly string[] = ["nftables", "conntrackd", "netbase", "iproute2", "procps", "kmod"];

/** Units that Debian would start as soon as their package is there. */
export const natHold: readonly string[] = ["conntrackd.service"];

/** What the running programs were started with and have loaded; gone after a boot, which costs one reload. */
export const natNotes = "/run/gatebox/nat";

/** What the settings were before this host became a NAT gateway. */
const natFormer = "/var/lib/gatebox/nat/former";

const { settings, noteFormer, giveBack } = formerSettings(natFormer, ["sysctl/forwarding.conf", "sysctl/nat.conf"]);

/** Seconds after which a host whose operator can no longer get in goes back to what it had, by itself. */
export const natGuard = "60\n";

/** `lifecycle/links`: what systemd and sysctl read, in their places. The rules stand before the network does. */
export function natLinks(synced: boolean): string {
  return `/etc/systemd/system/gatebox-nat.service systemd/gatebox-nat.service
/etc/systemd/system/sysinit.target.wants/gatebox-nat.service systemd/gatebox-nat.service
/etc/sysctl.d/60-gatebox-nat.conf sysctl/nat.conf
${synced ? "/etc/systemd/system/conntrackd.service.d/gatebox.conf systemd/conntrackd.conf\n" : ""}`;
}

/**
 * `lifecycle/check`: the rules with nftables' own checker, and what it does not see: an interface that does not exist
 * or has that name beside its own (a rule for it never matches), a protocol that conntrackd would ignore without failing, and a program of this host that
 * would undo the rules.
 */
export function natCheck(): string {
  return `#!/bin/sh
# Is the staged tree $TREE fit to be served? Changes nothing.
fail() {
  echo "$*" >&2
  exit 1
}

for interface in $(sed -n 's/^define networks = {\\(.*\\)}$/\\1/p' nft/nat.nft | tr -d '",'); do
  [ -d "/proc/sys/net/ipv4/conf/$interface" ] || fail "this host has no interface $interface"
done
(cd nft && nft -c -f nat.nft) || fail 'nftables refuses the rules'

${rulesetStays}${othersForward}
if [ -e conntrackd/conntrackd.conf ]; then
  for protocol in ${toldProtocols.join(" ")}; do
    getent protocols "$protocol" >/dev/null || fail "/etc/protocols (package netbase) does not name $protocol: conntrackd would ignore it"
  done
fi
`;
}

// Shared by activate and probe: whether conntrackd is wanted, and whether the kernel has what is declared.
const shared = `synced() {
  [ -e "$1/conntrackd/conntrackd.conf" ]
}

${settings}
# Each check leaves in $wrong what is not (yet) as it should be. As many rules as declared: they are loaded as a whole.
rules_stand() {
  wrong='the rules do not stand: nftables has no table inet gatebox_nat'
  rules=$(nft list table inet gatebox_nat 2>/dev/null) || return 1
  wrong='other rules stand than declared'
  chains=$(sed -n 's/^    chain \\([a-z_]*\\) {$/\\1/p' "$CURRENT/nft/nat.nft")
  for chain in $chains; do
    declared=$(sed -n "/^    chain $chain {/,/^    }/p" "$CURRENT/nft/nat.nft" | grep -Evc '^ *$')
    standing=$(printf '%s\\n' "$rules" | sed -n "/^.chain $chain {/,/^.}/p" | grep -Evc '^ *$')
    [ "$declared" = "$standing" ] || return 1
  done
}

settings_hold() {
  settings "$CURRENT" >${natNotes}/settings
  while read -r key _ value; do
    optional=''
    case $key in -*) optional=1 key=\${key#-} ;; esac
    has=$(cat "$(file_of "$key")" 2>/dev/null) || has=''
    wrong="the setting $key is '$has' instead of $value"
    [ "$has" = "$value" ] || { [ -n "$optional" ] && [ ! -w "$(file_of "$key")" ]; } || return 1
  done <${natNotes}/settings
}
`;

/**
 * `lifecycle/activate`: the rules in one transaction, then the settings, forwarding last, then conntrackd. Nothing is done
 * for what has not changed and stands, so the rules' counters go on. Connections that exist go on in any case: what they
 * were given stands in the kernel's table of connections, not in the rules.
 *
 * conntrackd takes a new configuration by a restart only; connections of the meantime are told when it is back.
 */
export function natActivate(): string {
  return `#!/bin/sh
# Makes the kernel and conntrackd use $CURRENT.
notes=${natNotes}

fail() {
  echo "$*" >&2
  exit 1
}

# Names for what the kernel and conntrackd read.
sum_of() {
  { settings "$1" && cat "$1/nft/nat.nft"; } | sha256sum
}

sync_sum_of() {
  cat "$1/conntrackd/conntrackd.conf" "$1/systemd/conntrackd.conf" | sha256sum
}

${shared}
${noteFormer}
${giveBack}
load() { # FILE
  words=$(sysctl --quiet --load "$CURRENT/sysctl/$1" 2>&1) || fail "the kernel refuses a setting: $words"
}

mkdir -p "$notes"
if [ -z "$PREVIOUS" ] || ! diff -r "$CURRENT/systemd" "$PREVIOUS/systemd" >/dev/null; then
  systemctl daemon-reload
fi

sum=$(sum_of "$CURRENT")
wrong='they are new'
if [ "$(cat "$notes/loaded" 2>/dev/null)" != "$sum" ] || ! rules_stand || ! settings_hold; then
  echo "loading rules and settings: $wrong"
  modprobe nf_conntrack 2>/dev/null || true
  note_former
  (cd "$CURRENT/nft" && nft -f nat.nft) || fail 'nftables refuses the rules; those before still stand'
  load nat.conf
  # Without the rules this host would forward for anybody.
  load forwarding.conf
  give_back "$CURRENT"
  echo "$sum" >"$notes/loaded"
fi
# For systemd: so that the unit is known as active and can be reloaded by hand.
systemctl is-active --quiet gatebox-nat.service || systemctl start gatebox-nat.service

if synced "$CURRENT"; then
  systemctl is-enabled --quiet conntrackd.service || systemctl --quiet enable conntrackd.service
  sum=$(sync_sum_of "$CURRENT")
  if ! systemctl is-active --quiet conntrackd.service || [ "$(cat "$notes/sync.loaded" 2>/dev/null)" != "$sum" ]; then
    systemctl restart conntrackd.service || {
      journalctl --quiet --no-pager --output cat --unit conntrackd.service --lines 10 >&2 2>/dev/null || true
      fail 'conntrackd does not start'
    }
    echo "$sum" >"$notes/sync.loaded"
    # Who holds the address goes on telling; who does not asks for what the others know.
    timeout 5 conntrackd -C "$CURRENT/conntrackd/conntrackd.conf" -B >/dev/null 2>&1 || true
  fi
elif [ -n "$PREVIOUS" ] && synced "$PREVIOUS"; then
  systemctl --quiet disable conntrackd.service
  systemctl stop conntrackd.service
  rm -f "$notes/sync.loaded"
fi
`;
}

/**
 * `lifecycle/probe`: the rules stand, the kernel has every setting that it lets itself be given, and conntrackd answers.
 */
export function natProbe(): string {
  return `#!/bin/sh
# Do the rules, the settings and conntrackd work as $CURRENT declares them?
${shared}
sync_answers() {
  synced "$CURRENT" || return 0
  wrong='conntrackd is not running'
  systemctl is-active --quiet conntrackd.service || return 1
  wrong='conntrackd does not answer'
  timeout 3 conntrackd -C ${natTree}/conntrackd/conntrackd.conf -s >/dev/null 2>&1
}

tries=0
until rules_stand && settings_hold && sync_answers; do
  tries=$((tries + 1))
  if [ "$tries" -ge 25 ]; then
    echo "$wrong" >&2
    exit 1
  fi
  sleep 0.2
done
`;
}

/**
 * `lifecycle/deactivate`: conntrackd stops, forwarding stops and the rules go, in this order: with the rules gone it would
 * forward without any. Then the settings are what they were before this host became a NAT gateway, forwarding too, which
 * others may need (containers, say). Rules that have locked the operator out go in any case: nothing before them may end it.
 */
export function natDeactivate(): string {
  return `#!/bin/sh
# Stops what the NAT gateway runs, because its base is being removed, or was never in force.
if [ -e conntrackd/conntrackd.conf ] && systemctl cat conntrackd.service >/dev/null 2>&1; then
  systemctl --quiet disable conntrackd.service || true
  timeout 20 systemctl stop conntrackd.service || true
fi
sysctl --quiet net.ipv4.ip_forward=0
systemctl stop gatebox-nat.service 2>/dev/null || true
! nft -t list table inet gatebox_nat >/dev/null 2>&1 || nft delete table inet gatebox_nat

${settings}
${giveBack}
give_back ''
rm -rf ${natNotes} ${natFormer}
`;
}
