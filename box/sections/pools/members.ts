import { entriesOf, isOn, itemsOf, membersOf, type Draft } from "../../draft.ts";
import { suggestion } from "../../nearMiss.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { declaredWebRoutes } from "../../routes.ts";
import { placeOf } from "../controlPlane/place.ts";

/** No host is in one pool twice. */
export function* duplicateMembers(draft: Draft): Generator<Violation> {
  for (const [pool, members] of draft.pools) {
    const seen = new Set<string>();
    for (const [index, member] of itemsOf(members)) {
      if (seen.has(member)) {
        yield {
          path: pathOf("pools", pool, index),
          message: `"${member}" is in ${pool} already: remove one of the two`,
        };
      }
      seen.add(member);
    }
  }
}

/** A pool, and a network that what it is used for needs. */
interface Need {
  readonly pool: string | undefined;
  readonly network: string | undefined;
  /** What needs it, for the message. */
  readonly reason: string;
  /** Where the network is named, when that is what is wrong if no host of the pool is on it. */
  readonly path?: string;
}

/** Each member of a pool is on every network that the pool is used on. */
export function* membersOnNetworks(draft: Draft): Generator<Violation> {
  const reported = new Set<string>();
  for (const { pool, network, reason, path } of needs(draft)) {
    if (pool === undefined || network === undefined || !draft.declared.networks?.has(network)) continue;
    if (path !== undefined && !reaches(draft, pool, network)) {
      const message = `"${network}": no host of ${pool} is on it${suggestion(network, networksOf(draft, pool))}`;
      yield { path, message };
      continue;
    }
    if (reported.has(`${pool} ${network}`)) continue;
    reported.add(`${pool} ${network}`);
    for (const member of membersOf(draft, pool)) {
      if (isOn(draft, member, network)) continue;
      const message = `is missing: ${member} is in ${pool}, and ${reason}; give it an address there or remove it from the pool`;
      yield { path: pathOf("hosts", member, "addresses", network), message };
    }
  }
}

/** Whether any host of a pool is on a network; also true when none of them is known. */
function reaches(draft: Draft, pool: string, network: string): boolean {
  const members = membersOf(draft, pool);
  return members.length === 0 || members.some((member) => isOn(draft, member, network));
}

/** The networks that every host of a pool is on. */
function networksOf(draft: Draft, pool: string): string[] {
  const members = membersOf(draft, pool);
  return [...draft.networks.keys()].filter((network) => members.every((member) => isOn(draft, member, network)));
}

function* needs(draft: Draft): Generator<Need> {
  const { kubeGateways: gateways, webservers } = draft;
  const own = (section: string, key: string) => `the pool of ${section} works on its ${key}`;
  yield { pool: gateways.pool, network: gateways.network, reason: own("kubeGateways", "network") };
  yield { pool: gateways.pool, network: gateways.backendNetwork, reason: own("kubeGateways", "backendNetwork") };
  yield { pool: webservers.pool, network: webservers.network, reason: own("webservers", "network") };
  yield { pool: webservers.pool, network: webservers.upstreamNetwork, reason: own("webservers", "upstreamNetwork") };
  for (const [name, { destination }] of entriesOf(gateways.routes)) {
    const reason = `gateway route ${name} leads there`;
    yield { pool: destination?.group?.name, network: gateways.backendNetwork, reason };
  }
  for (const { name, group } of declaredWebRoutes(draft)) {
    // The gateways are needed on a network of their own; that the two are the same is another rule.
    if (group === gateways.pool) continue;
    yield { pool: group, network: webservers.upstreamNetwork, reason: `web route ${name} leads there` };
  }
  for (const [index, { pool, network }] of itemsOf(draft.firewall.openPorts)) {
    const path = pathOf("firewall", "openPorts", index, "network");
    yield { pool, network, reason: "firewall opens a port there", path };
  }
  const { masters, network } = placeOf(draft);
  yield { pool: masters, network, reason: "the load balancer of the API asks its masters there" };
  for (const [index, one] of itemsOf(draft.dns.networks)) {
    const path = pathOf("dns", "networks", index);
    yield { pool: draft.dns.pool, network: one, reason: "the name servers of dns answer there", path };
  }
  yield* needsOfMovingAddresses(draft);
}

function* needsOfMovingAddresses({ virtualIps, natGateways }: Draft): Generator<Need> {
  for (const [name, { pool, network }] of virtualIps) {
    const path = pathOf("virtualIps", name, "network");
    yield { pool, network, reason: `VIP ${name} is on that network`, path };
  }
  for (const { path, name = path, pool, input, output, openPorts } of natGateways) {
    yield { pool, network: input, reason: `NAT gateway ${name} leads from there`, path: pathOf(path, "input") };
    yield { pool, network: output, reason: `NAT gateway ${name} leads there`, path: pathOf(path, "output") };
    for (const [index, { network }] of itemsOf(openPorts)) {
      const at = pathOf(path, "openPorts", index, "network");
      yield { pool, network, reason: `NAT gateway ${name} has an open port there`, path: at };
    }
  }
}
