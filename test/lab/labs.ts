/** Two labs of a few hosts, and what the tests of them ask. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { exec } from "../../lab/hosts/exec.ts";
import { hostNamed, NETWORKS, type NetworkName } from "../../lab/inventory.ts";
import { runAsOperator, sshArguments } from "../../lab/operator.ts";
import { run } from "../../lab/run.ts";
import { labNamed, type Lab } from "../../lab/state.ts";
import { bringUp } from "../../lab/up.ts";

/** The smallest set with two hosts that share a network, one that shares none with the other, and one without uplink. */
export const HOSTS = ["client", "webserver-1", "gateway-1"];
export const gateway = hostNamed("gateway-1");
export const webserver = hostNamed("webserver-1");

export const lab = labNamed(`t${process.pid}`);
export const other = labNamed(`t${process.pid}-b`);

export const up = (which: Lab, hosts = HOSTS): Promise<unknown> => bringUp(which, { hosts, quiet: true });

export async function ssh(which: Lab, host: string, ...command: string[]): ReturnType<typeof run> {
  const args = ["-o", "BatchMode=yes", ...sshArguments(which, hostNamed(host)), ...command];
  return runAsOperator(which, "ssh", args, { timeoutSeconds: 15 });
}

/** What the installer of gateway-1 wrote as its default route, as the kernel's main table shows it. */
export const DEFAULT_ROUTE = "default via 192.168.2.254 dev gateway-network proto static";

export async function defaultRoute(host: string): Promise<string> {
  return (await exec(lab, host, "ip -4 route show default")).stdout.trim();
}

export function addressOf(host: string, network: NetworkName): string {
  return `${hostNamed(host).addresses[network]}/${NETWORKS[network].length}`;
}

export async function addressesOf(host: string, network: NetworkName): Promise<readonly string[]> {
  const { stdout } = await exec(lab, host, `ip -4 -o address show dev ${network}`);
  return [...stdout.matchAll(/ inet (\S+) /g)].map(([, address = ""]) => address);
}

/** Seconds for what networkd does in a tenth of one: for a machine busy with compilers. */
export const NETWORKD_SECONDS = 30;

export async function hasAddress(
  host: string,
  network: NetworkName,
  address = addressOf(host, network),
): Promise<boolean> {
  return within(NETWORKD_SECONDS, async () => (await addressesOf(host, network)).includes(address));
}

/** Fails with the difference unless a state becomes what is expected. */
export async function settlesAt(state: () => Promise<string>, expected: string): Promise<void> {
  await within(NETWORKD_SECONDS, async () => (await state()) === expected);
  assert.equal(await state(), expected);
}

export async function within(seconds: number, isReached: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isReached())) {
    if (Date.now() > deadline) return false;
    await sleep(100);
  }
  return true;
}
