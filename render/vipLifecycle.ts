/** What a host with virtual IPs needs, and what its runtime runs to probe and stop them. */
import { vipDrainFile, vipKept, vipNotes } from "./keepalived.ts";
import { networkSysctlFile } from "./netplan.ts";
import { running, vipFormer, vipSettings } from "./vipRunning.ts";

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

/**
 * `lifecycle/probe`: keepalived runs what is declared, its watch is up, and each virtual IP has come to a state in which
 * this host is of use (MASTER or BACKUP), with the address there exactly when it holds it. A host that is drained may
 * hold none, nor one that is held back until the holder is changed as well.
 */
export function vipProbe(): string {
  return `#!/bin/sh
# Do the virtual IPs of this host work as $CURRENT declares them?
${running}
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

/**
 * `lifecycle/deactivate`: keepalived gives its addresses away and stops. Nothing is left for a later boot to start, and the
 * settings are what they were.
 */
export function vipDeactivate(): string {
  return `#!/bin/sh
# Stops the virtual IPs of this host, because their base is being removed.
if systemctl cat keepalived.service >/dev/null 2>&1; then
  systemctl --quiet disable keepalived.service
  timeout 20 systemctl stop keepalived.service
fi
timeout 20 systemctl stop gatebox-vip-watch.service gatebox-vip-health.service gatebox-vip-join.service 2>/dev/null || true
sh scripts/release "$PWD"

${vipSettings.settings}
${vipSettings.giveBack}
give_back ''
# What the network of this host, if it is written, wants of the same.
if [ -e ${networkSysctlFile} ]; then sysctl --quiet --load ${networkSysctlFile} || true; fi
rm -rf ${vipNotes} ${vipKept} ${vipFormer}
`;
}
