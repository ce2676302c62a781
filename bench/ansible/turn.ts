/** One turn of one of the two: on bare hosts, everything that is measured, one after the other. */
import { journalPlaces, sshConnections } from "../../test/e2e/world.ts";
import type { Lab } from "../../lab/state.ts";
import { openMeter, type Cost, type Meter } from "../meter.ts";
import { watchApt } from "./aptTime.ts";
import { boxOfStackFile } from "./inventory.ts";
import { freshLab, HOSTS, renewHost, startNodePorts } from "./labOfHosts.ts";
import type { Applied, Peer, Way } from "./peer.ts";
import { ADDED_ROUTE, FIRST, GATEWAYS, reducedBox, ROUTES, type Variant } from "./reducedBox.ts";
import { noticing, untilLive, type Noticed } from "./watched.ts";

/** How often each thing is done in a turn. The first configuration and the new host are once in each. */
export interface Rounds {
  readonly noop: number;
  readonly route: number;
}

/** A run, and the SSH connections that the hosts saw meanwhile. */
export interface Run extends Applied {
  readonly connections: number;
}

/** A run that users may have noticed. */
export type WatchedRun = Run & Pick<Noticed<unknown>, "asked" | "lost">;

/** Runs in one {@link Way}. */
export interface OfWay<R> {
  readonly way: string;
  readonly runs: readonly R[];
}

/** What a turn gave. */
export interface Turn {
  readonly prepared: Cost | undefined;
  readonly first: Run & { readonly aptSeconds: number };
  readonly noop: readonly OfWay<Run>[];
  readonly route: readonly OfWay<WatchedRun & { readonly liveSeconds: number }>[];
  readonly preparedHost: Cost | undefined;
  readonly host: WatchedRun;
}

/** The gateway that comes when all others are there. */
const NEW_HOST = GATEWAYS[2];

const WITH_ROUTE: Variant = { ...FIRST, routes: [...ROUTES, ADDED_ROUTE] };
const WITHOUT_HOST: Variant = { ...FIRST, gateways: GATEWAYS.filter((host) => host !== NEW_HOST) };

/** Opens whoever's turn it is. */
export type Open = (lab: Lab, meter: Meter, stackFile: string) => Promise<Peer>;

/** Runs a turn on a lab that is made anew for it. */
export async function runTurn(lab: Lab, open: Open, rounds: Rounds, say: (line: string) => void): Promise<Turn> {
  await freshLab(lab);
  const meter = await openMeter(lab);
  const stackFile = await reducedBox(FIRST);
  const box = boxOfStackFile(stackFile);
  const others = await startNodePorts(lab, box, WITHOUT_HOST.gateways);
  let its = await startNodePorts(lab, box, [NEW_HOST]);
  let peer: Peer | undefined;
  try {
    peer = await open(lab, meter, stackFile);
    const began = await firstConfiguration(lab, peer, say);
    const noop = await eachWay(peer, rounds.noop, (way, opened) => nothingChanged(lab, opened, way, say));
    const route = await eachWay(peer, rounds.route, (way, opened) => routeAdded(lab, opened, way, say));
    await changeTo(peer, WITHOUT_HOST);
    await its.stop();
    await renewHost(lab, NEW_HOST);
    its = await startNodePorts(lab, box, [NEW_HOST]);
    return { ...began, noop, route, ...(await hostAdded(lab, peer, say)) };
  } finally {
    await peer?.rest();
    await Promise.all([others.stop(), its.stop()]).catch(() => undefined);
    await meter.close();
  }
}

async function eachWay<R>(peer: Peer, rounds: number, once: (way: Way, peer: Peer) => Promise<R>): Promise<OfWay<R>[]> {
  const found: OfWay<R>[] = [];
  for (const way of peer.ways) {
    const runs: R[] = [];
    for (let round = 1; round <= rounds; round += 1) runs.push(await once(way, peer));
    found.push({ way: way.name, runs });
  }
  return found;
}

async function changeTo(peer: Peer, variant: Variant): Promise<void> {
  await peer.want(await reducedBox(variant));
  await peer.ways[0].apply();
}

/** Applies as on another day, and has the hosts count who connects to them. */
async function counted<A>(
  lab: Lab,
  peer: Peer,
  apply: () => Promise<A>,
): Promise<{ readonly applied: A; readonly connections: number }> {
  await peer.rest();
  const places = await journalPlaces(lab, HOSTS);
  const applied = await apply();
  const counts = await sshConnections(lab, places);
  return { applied, connections: Object.values(counts).reduce((sum, count) => sum + count, 0) };
}

async function firstConfiguration(
  lab: Lab,
  peer: Peer,
  say: (line: string) => void,
): Promise<Pick<Turn, "prepared" | "first">> {
  const prepared = await peer.prepare();
  const watch = await watchApt(lab, HOSTS);
  const { applied, connections } = await counted(lab, peer, () => peer.ways[0].apply()).catch(
    async (error: unknown) => {
      await watch.stop();
      throw error;
    },
  );
  const aptSeconds = await watch.stop();
  say(`first configuration: ${applied.cost.seconds.toFixed(1)} s, apt at work for ${aptSeconds.toFixed(1)} s`);
  return { prepared, first: { ...applied, connections, aptSeconds } };
}

async function nothingChanged(lab: Lab, peer: Peer, way: Way, say: (line: string) => void): Promise<Run> {
  const { applied, connections } = await counted(lab, peer, () => way.apply());
  say(`nothing changed, ${way.name}: ${applied.cost.seconds.toFixed(1)} s, ${connections} connections`);
  return { ...applied, connections };
}

async function routeAdded(
  lab: Lab,
  peer: Peer,
  way: Way,
  say: (line: string) => void,
): Promise<WatchedRun & { readonly liveSeconds: number }> {
  await peer.want(await reducedBox(WITH_ROUTE));
  const { applied, connections } = await counted(lab, peer, () =>
    noticing(lab, () => untilLive(lab, () => way.apply())),
  );
  const { result, asked, lost } = applied;
  const { cost } = result.result;
  say(
    `a route, ${way.name}: live after ${result.liveSeconds.toFixed(1)} s of ${cost.seconds.toFixed(1)} s, ${lost} of ${asked} requests lost`,
  );
  await changeTo(peer, FIRST);
  return { ...result.result, connections, asked, lost, liveSeconds: result.liveSeconds };
}

async function hostAdded(
  lab: Lab,
  peer: Peer,
  say: (line: string) => void,
): Promise<Pick<Turn, "preparedHost" | "host">> {
  await peer.want(await reducedBox(FIRST));
  const preparedHost = await peer.prepare();
  const { applied, connections } = await counted(lab, peer, () => noticing(lab, () => peer.ways[0].apply()));
  const { result, asked, lost } = applied;
  say(`a gateway: ${result.cost.seconds.toFixed(1)} s, ${lost} of ${asked} requests lost`);
  return { preparedHost, host: { ...result, connections, asked, lost } };
}
