import type { Box, Host, NatGateway, Pool, VirtualIp } from "../../box/model.ts";
import { registry } from "../../render/registry.ts";

/** A card in the picture: a host, a virtual IP or NAT. */
export interface Card {
  readonly kind: "host" | "named" | "vip" | "nat";
  readonly title: string;
  /** Address on the network to the left and to the right of it. */
  readonly left?: string | undefined;
  readonly right?: string | undefined;
  /** Lines of small print. */
  readonly details: readonly string[];
}

/** A pool's cards, between two networks. */
export interface Frame {
  readonly title: string;
  readonly cards: readonly Card[];
}

/** A network, and the frames to the right of it. */
export interface Column {
  readonly network: string;
  readonly cidr: string;
  readonly ipv6: string | undefined;
  readonly frames: readonly Frame[];
}

/** Letters of small print that a card has room for. */
const cardLetters = 36;

/** A box as columns: its networks from the clients inward, each with the hosts behind it. */
export function columnsOf(box: Box): Column[] {
  const networks = networksInward(box);
  const placed = new Set<string>();
  const pools = [...Object.values(box.pools), { name: "in no pool", members: Object.keys(box.hosts) }];
  const frames = pools.flatMap((pool) => {
    const hosts = pool.members.flatMap((member) => (placed.has(member) ? [] : (box.hosts[member] ?? [])));
    for (const { name } of hosts) placed.add(name);
    return framesOf(box, pool, hosts, networks);
  });
  return networks.map((network, index) => ({
    network,
    cidr: box.networks[network]?.cidr ?? "",
    ipv6: box.networks[network]?.ipv6,
    frames: frames.filter(({ column }) => column === index),
  }));
}

/** The networks that a request passes, then the others. */
export function networksInward({ networks, webservers, kubeGateways }: Box): string[] {
  const onTheWay = [
    webservers?.network,
    webservers?.upstreamNetwork,
    kubeGateways?.network,
    kubeGateways?.backendNetwork,
  ];
  return [...new Set([...onTheWay.filter((network) => network !== undefined), ...Object.keys(networks)])];
}

/**
 * A pool's hosts stand to the right of the outermost network that they are on; those on other networks stand apart. What moves
 * between its hosts stands with the first of them, also where all of them stand with another pool already.
 */
function framesOf(
  box: Box,
  { name: pool, members }: Pool,
  hosts: readonly Host[],
  networks: readonly string[],
): (Frame & { readonly column: number })[] {
  const columnOf = ({ addresses }: Host): number => networks.findIndex((network) => Object.hasOwn(addresses, network));
  const byColumn = Map.groupBy(hosts, columnOf);
  const first = hosts[0] ?? box.hosts[members[0] ?? ""];
  const moving = movingCards(box, pool);
  if (first && hosts.length === 0 && moving.length > 0) byColumn.set(columnOf(first), []);
  return [...byColumn].map(([column, some], index) => {
    const sides = [networks[column] ?? "", networks[column + 1] ?? ""] as const;
    const cards = [
      ...some.map((host) => hostCard(box, host, sides)),
      ...(index === 0 ? moving : []).map((card) => card(sides)),
    ];
    return { column, title: pool, cards };
  });
}

/** Virtual IPs and NAT of a pool. */
function movingCards({ virtualIps, natGateways }: Box, pool: string): ((sides: Sides) => Card)[] {
  const vips = Object.values(virtualIps).filter((vip) => vip.pool === pool);
  const nats = natGateways.filter((nat) => nat.pool === pool);
  return [...vips.map((vip) => (sides: Sides) => vipCard(vip, sides)), ...nats.map((nat) => () => natCard(nat))];
}

type Sides = readonly [left: string, right: string];

function hostCard(box: Box, host: Host, [left, right]: Sides): Card {
  const { name, addresses, addresses6 = {} } = host;
  const further = Object.entries(addresses).filter(([network]) => network !== left && network !== right);
  return {
    kind: registry.assembliesOf(box, host).length > 0 ? "host" : "named",
    title: name,
    left: addresses[left],
    right: addresses[right],
    details: [...further, ...Object.entries(addresses6)].map(([network, address]) => `${address} on ${network}`),
  };
}

function vipCard(vip: VirtualIp, [left, right]: Sides): Card {
  const { name, network, address, priorities, syncGroup } = vip;
  const holders = Object.entries(priorities).sort(([, one], [, other]) => other - one);
  const isFurther = network !== left && network !== right;
  return {
    kind: "vip",
    title: name,
    left: network === left ? address : undefined,
    right: network === right ? address : undefined,
    details: [
      ...(isFurther ? [`${address} on ${network}`] : []),
      ...wrapped(
        holders.map(([host, priority]) => `${host} ${priority}`),
        " › ",
      ),
      ...(syncGroup === undefined ? [] : [`moves with ${syncGroup}`]),
    ],
  };
}

function natCard({ name, input, output, snatAddress }: NatGateway): Card {
  const { address, virtualIp } = snatAddress;
  return {
    kind: "nat",
    title: `NAT ${name}`,
    details: [`${input} → ${output}`, `as ${address}${virtualIp === undefined ? "" : ` (${virtualIp})`}`],
  };
}

/** Words in as many lines as they need. */
export function wrapped(words: readonly string[], between: string, letters = cardLetters): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = last === undefined ? undefined : `${last}${between}${word}`;
    if (longer !== undefined && longer.length <= letters) lines[lines.length - 1] = longer;
    else lines.push(`${lines.length === 0 ? "" : between.trimStart()}${word}`);
  }
  return lines;
}
