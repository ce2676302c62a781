import { isOn, itemsOf, membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { serversOf } from "./places.ts";

const section = "consul";
const path = pathOf(section, "servers");

/** Whether it can be known how many servers there are: an unknown name is told by itself. */
function known({ consul: { servers }, refused, declared }: Draft): boolean {
  const within = [...refused].some((one) => one.startsWith(path));
  const pools = servers?.pools ?? [];
  const hosts = servers?.hosts ?? [];
  const undeclared =
    pools.some((pool) => pool === undefined || declared.pools?.has(pool) === false) ||
    hosts.some((host) => host === undefined || declared.hosts?.has(host) === false);
  return !within && !undeclared;
}

/** Servers decide by majority (Raft): an even number bears no more than the odd one below it, and comes to a halt more easily. */
export function* oddServers(draft: Draft): Generator<Violation> {
  if (!draft.written.has(section) || !known(draft)) return;
  const servers = serversOf(draft);
  const many = servers.length;
  if (many === 0) {
    yield { path, message: "are none: name three hosts, on machines that do not fail together" };
    return;
  }
  const listed = servers.join(", ");
  if (many > 7)
    yield { path, message: `${many} are too many, each of which hears every change: write 3, 5 or 7 of ${listed}` };
  else if (many > 2 && many % 2 === 0)
    yield {
      path,
      message: `${many} servers (${listed}) bear the loss of ${many / 2 - 1}, as ${many - 1} do: write ${many - 1} or ${many + 1}`,
    };
}

/** Each server is named once: who counts what is written counts servers. */
export function* serversOnce(draft: Draft): Generator<Violation> {
  const { pools = [], hosts = [] } = draft.consul.servers ?? {};
  const seen = new Map<string, string>();
  const add = (host: string, by: string): string | undefined => {
    const other = seen.get(host);
    if (other === undefined) seen.set(host, by);
    return other;
  };
  for (const [index, pool] of itemsOf(pools)) {
    const twice = membersOf(draft, pool).flatMap((host) => add(host, `is in ${pool}, which is named`) ?? []);
    if (twice[0] !== undefined)
      yield { path: pathOf(path, "pools", index), message: `a host of ${pool} ${twice[0]}: remove one of the two` };
  }
  for (const [index, host] of itemsOf(hosts)) {
    const other = add(host, "is named already");
    if (other !== undefined)
      yield { path: pathOf(path, "hosts", index), message: `${host} ${other}: remove one of the two` };
  }
}

/** Each server speaks on Consul's network, and is in a pool, by which hosts are configured. */
export function* placesOfServers(draft: Draft): Generator<Violation> {
  const { network } = draft.consul;
  const pooled = new Set([...draft.pools.values()].flat());
  for (const host of serversOf(draft)) {
    if (network !== undefined && draft.networks.has(network) && !isOn(draft, host, network))
      yield {
        path,
        message: `${host} is not on ${network}, where servers and agents speak: write a network that all servers are on`,
      };
    if (!pooled.has(host))
      yield { path, message: `${host} is in no pool: put it into one, by which hosts are configured` };
  }
}

/** What has too few servers works, until it has none. */
export function* fewServers(draft: Draft): Generator<Violation> {
  if (!draft.written.has(section)) return;
  const servers = serversOf(draft);
  if (servers.length === 2)
    yield {
      path,
      message: `are two, ${servers.join(" and ")}: when either stops, the other has no majority, nothing can be changed and checks are not kept; name a third host`,
    };
  if (servers.length === 1)
    yield { path, message: `is one, ${servers[0] ?? ""}: when it stops, there is no Consul; name three hosts` };
}
