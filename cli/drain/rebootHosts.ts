import type { Host } from "../../box/model.ts";
import { rebootScript, trafficOf } from "../../render/drained/index.ts";
import { connections, drainHost, hasTraffic, type DrainOptions } from "./drainHost.ts";
import { aloneOn, peersOf } from "./peers.ts";
import type { Told } from "./readiness.ts";
import { assembliesOf, problemWith, undrainHost } from "./undrainHost.ts";
import { change, howAre, howIs, NotDone, type Work } from "./work.ts";

/** How hosts are rebooted. */
export interface RebootOptions extends DrainOptions {
  /** Also where connections go on. */
  readonly cutOff: boolean;
  /** Seconds for a host to be back. */
  readonly bootSeconds: number;
}

const REBOOT_SECONDS = 15;

/**
 * Reboots hosts one after the other, those that hold virtual IPs last.
 *
 * @param done is told of each host that is back
 * @throws NotDone with the first that fails; those behind it are untouched
 */
export async function rebootHosts(
  work: Work,
  hosts: readonly Host[],
  options: RebootOptions,
  done: (host: string) => void,
): Promise<void> {
  refuseAlone(work, hosts, options);
  const order = await holdersLast(work, hosts);
  for (const [index, host] of order.entries()) {
    try {
      await rebootHost(work, host, options);
    } catch (error) {
      if (!(error instanceof NotDone)) throw error;
      const rest = order.slice(index + 1).map(({ name }) => name);
      throw new NotDone(`${error.message}${rest.length === 0 ? "" : `\nNot touched: ${rest.join(", ")}`}`);
    }
    done(host.name);
  }
}

function refuseAlone({ box, registry }: Work, hosts: readonly Host[], { force }: RebootOptions): void {
  const lacking = hosts.flatMap((host) =>
    aloneOn(box, host, registry).map((one) => `\n  ${one}: on ${host.name} alone`),
  );
  if (lacking.length > 0 && !force)
    throw new NotDone(
      `no host was rebooted, as nobody would serve meanwhile:${lacking.join("")}\n--force reboots all the same.`,
    );
}

async function holdersLast(work: Work, hosts: readonly Host[]): Promise<Host[]> {
  const told = await howAre(work, hosts, () => []);
  const count = ({ name }: Host): number => {
    const one = told.get(name) ?? "it was not asked";
    if (typeof one === "string") throw new NotDone(`${name} does not answer: ${one}; no host was rebooted`);
    return one.holds.size;
  };
  return hosts
    .map((host) => ({ host, held: count(host) }))
    .sort((a, b) => a.held - b.held)
    .map(({ host }) => host);
}

async function rebootHost(work: Work, host: Host, options: RebootOptions): Promise<void> {
  const { name } = host;
  const before = await howIs(work, host, []);
  const peers = peersOf(work.box, host, work.registry);
  const peersBefore = await howAre(work, peers, () => []);
  if (hasTraffic(trafficOf(work.box, host, work.registry))) {
    const { remaining } = await drainHost(work, host, options);
    if (remaining > 0 && !options.cutOff)
      throw new NotDone(
        `${name} is drained and was not rebooted, as ${connections(remaining)} would be cut off. Wait longer (--wait), or use --cut; gatebox undrain ${name} gives it traffic again.`,
      );
  }
  work.say(`${name}: rebooting`);
  await change(work, host, rebootScript(), REBOOT_SECONDS);
  await back(work, host, before.boot, { bootSeconds: options.bootSeconds, peers, peersBefore });
  if (before.isDrained) work.say(`${name} is back; it was drained before and stays so`);
  else await undrainHost(work, host, { force: false, waitSeconds: options.bootSeconds });
}

/** Waits until a host has booted, all of it is well, and its peers find up again what was up for them. */
async function back(
  work: Work,
  host: Host,
  boot: string,
  {
    bootSeconds,
    peers,
    peersBefore,
  }: { readonly bootSeconds: number; readonly peers: readonly Host[]; readonly peersBefore: Told },
): Promise<void> {
  const end = work.now() + bootSeconds * 1000;
  for (;;) {
    await work.pause(3000);
    const problem = (await problemOf(work, host, boot)) ?? lostBy(await howAre(work, peers, () => []), peersBefore);
    if (problem === undefined) return;
    if (work.now() >= end)
      throw new NotDone(
        `${host.name} was rebooted and is not well after ${bootSeconds} s: ${problem}. It is drained: when it is well, gatebox undrain ${host.name}`,
      );
  }
}

async function problemOf(work: Work, host: Host, boot: string): Promise<string | undefined> {
  const all = assembliesOf(work, host);
  const one = (await howAre(work, [host], () => all)).get(host.name) ?? "it was not asked";
  if (typeof one === "string") return `it does not answer: ${one}`;
  if (one.boot === boot) return "it has not rebooted yet";
  return all.flatMap((assembly) => problemWith(one, assembly))[0];
}

function lostBy(now: Told, before: Told): string | undefined {
  for (const [peer, was] of before) {
    const is = now.get(peer);
    if (typeof was === "string" || is === undefined || typeof is === "string") continue;
    const lost = [...was.up].find((route) => !is.up.has(route));
    if (lost !== undefined) return `${peer} does not find ${lost} up, which was`;
  }
  return undefined;
}
