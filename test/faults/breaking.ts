/** How to break a lab, and to make it whole again. Each works from the machine and needs nothing of what it breaks. */
import { setTimeout as sleep } from "node:timers/promises";
import { waitForSsh } from "../../lab/hosts/boot.ts";
import { exec, execChecked } from "../../lab/hosts/exec.ts";
import { killHost, leaderOf, startHost } from "../../lab/hosts/machine.ts";
import { hostNamed, networksOf } from "../../lab/inventory.ts";
import { ip, runInNamespaceChecked } from "../../lab/network/namespaces.ts";
import { portName } from "../../lab/network/switch.ts";
import { namespaceOf, type Lab } from "../../lab/state.ts";

/** Seconds that a script on a host has: a service that starts or stops on a busy machine. */
export const SCRIPT_SECONDS = 30;

/**
 * Runs a script on a host that must succeed.
 *
 * @param name what it is called in errors, where it is longer than a line
 */
export async function onHost(
  lab: Lab,
  host: string,
  script: string,
  args: readonly string[] = [],
  name = script,
): Promise<string> {
  return (await execChecked(lab, host, name, script, { args, timeoutSeconds: SCRIPT_SECONDS })).stdout.trim();
}

/** Sends a signal to every process of a service at once: KILL, STOP or CONT. */
export async function signalService(lab: Lab, host: string, service: string, signal: string): Promise<void> {
  await onHost(lab, host, `systemctl kill --kill-whom=all --signal=${signal} ${service}`);
}

/** Pulls all of a host's cables at once, or plugs them in again. The host sees that its links are down. */
export async function setLinks(lab: Lab, host: string, state: "up" | "down"): Promise<void> {
  const ports = networksOf(hostNamed(host)).map((network) => portName(network, host));
  await ip(
    namespaceOf(lab, "switch"),
    ports.map((port) => `link set ${port} ${state}`),
  );
}

/** Switches a host off without a word: its cables are dead before its processes end, as it is with a power cut. */
export async function cutPower(lab: Lab, host: string): Promise<void> {
  await setLinks(lab, host, "down");
  await killHost(lab, hostNamed(host));
}

/** Seconds until a host that reboots in order is down: systemd gives a service 90 s, but those of the lab end within ten. */
const REBOOT_SECONDS = 30;

/** Seconds until breaking something, or healing it, has failed; a host that boots has its own on top of them. */
export const BREAKING_SECONDS = REBOOT_SECONDS + SCRIPT_SECONDS;

/**
 * Lets a host reboot until it is down; {@link switchOn} lets it come up. `at once` asks the kernel itself, and no
 * program gets a word in. The lab's kernel goes on without the host: like the NICs of a machine that reboots,
 * its cables are dead as soon as that is seen.
 */
export async function reboot(lab: Lab, host: string, how: "at once" | "in order"): Promise<void> {
  const leader = await leaderOf(lab, host);
  // The program goes down with its host.
  const command = exec(lab, host, `systemctl reboot ${how === "at once" ? "--force --force" : ""}`);
  const deadline = Date.now() + REBOOT_SECONDS * 1000;
  while ((await leaderOf(lab, host)) === leader) {
    if (Date.now() > deadline) throw new Error(`${host} does not reboot`);
    await sleep(10);
  }
  await setLinks(lab, host, "down");
  await killHost(lab, hostNamed(host));
  await command;
}

/** Hands a host's addresses to others as an operator does who wants to work on it, or lets it have them again. */
export async function drain(lab: Lab, host: string, state: "on" | "off"): Promise<void> {
  await onHost(lab, host, `sh /etc/gatebox/vip/scripts/drain ${state === "on" ? "" : "off"}`);
}

/** Switches hosts on at the same moment, and waits until an operator can log in to all of them. */
export async function switchOn(lab: Lab, hosts: readonly string[]): Promise<void> {
  await Promise.all(hosts.map((host) => startHost(lab, hostNamed(host))));
  await Promise.all(hosts.map((host) => waitForSsh(lab, hostNamed(host))));
}

/** Switches on those hosts that a fault has left without power, where it was cut off half-way. */
export async function switchOnAgain(lab: Lab, hosts: readonly string[]): Promise<void> {
  const off: string[] = [];
  for (const host of hosts) if ((await leaderOf(lab, host)) === undefined) off.push(host);
  await switchOn(lab, off);
}

/** Seconds until a host that was switched on has nothing more to start: an operator can log in long before. */
export const WHOLE_BOOT_SECONDS = 90;

/**
 * Waits until no host is starting anything. Hosts of a lab have the processors in common: while one boots, the others answer late,
 * which is no fault of theirs.
 */
export async function bootsDone(lab: Lab, hosts: readonly string[]): Promise<void> {
  const wait = `timeout ${WHOLE_BOOT_SECONDS} systemctl is-system-running --wait || :`;
  const limits = { timeoutSeconds: WHOLE_BOOT_SECONDS + SCRIPT_SECONDS };
  await Promise.all(
    hosts.map(async (host) => {
      const { stdout } = await execChecked(lab, host, "waiting for the end of the boot", wait, limits);
      if (!/^(?:running|degraded)$/m.test(stdout))
        throw new Error(`${host} has not booted in ${WHOLE_BOOT_SECONDS} s: ${stdout}`);
    }),
  );
}

/** Keeps hosts from reaching each other on the switch, and nobody else; or lets them again. */
export async function part(lab: Lab, hosts: readonly string[], isolated: "on" | "off"): Promise<void> {
  const ports = hosts.flatMap((host) => networksOf(hostNamed(host)).map((network) => portName(network, host)));
  await ip(
    namespaceOf(lab, "switch"),
    ports.map((port) => `link set ${port} type bridge_slave isolated ${isolated}`),
  );
}

/** The table that a fault has in a host's network: of the test's own, so that nothing else notices it. */
const TABLE = "inet gatebox_fault";

/**
 * Drops packets that come in to a host, before anything else sees them.
 *
 * @param match an expression of nft(8), such as `ip protocol vrrp`
 */
export async function dropIncoming(lab: Lab, host: string, match: string): Promise<void> {
  const rules = `table ${TABLE} {
    chain incoming {
      type filter hook prerouting priority -450
      ${match} drop
    }
  }
`;
  await runInNamespaceChecked("drop packets", namespaceOf(lab, host), "nft", ["-f", "-"], rules);
}

/** Ends {@link dropIncoming}. */
export async function dropNothing(lab: Lab, host: string): Promise<void> {
  const rules = `table ${TABLE} {}\ndelete table ${TABLE}\n`;
  await runInNamespaceChecked("drop nothing", namespaceOf(lab, host), "nft", ["-f", "-"], rules);
}
