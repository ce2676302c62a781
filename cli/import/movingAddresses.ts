import { show } from "../../box/printable.ts";
import { isMapping, numberOf, type Entry } from "./entry.ts";
import { hostsOf, lookUp, type Group, type Inventory } from "./inventory.ts";
import { networkName, plainName, toldNetworkName } from "./names.ts";
import { FILL_IN, type Notes } from "./notes.ts";

/** One entry of the section `virtualIps`. */
interface VirtualIp {
  readonly pool: string;
  readonly network: string;
  readonly address: unknown;
  readonly virtualRouterId: unknown;
  readonly priorities?: Readonly<Record<string, unknown>>;
  syncGroup?: string;
}

/** One entry of the section `natGateways`. */
interface NatGateway {
  readonly name: string;
  readonly pool: string;
  readonly input: string;
  readonly output: string;
  readonly snatAddress: string;
  readonly openPorts?: readonly object[];
}

/** What the rest of the stack has to do with moving addresses. */
interface Surroundings {
  /** The pools that the stack configures beside NAT gateways. */
  readonly configured: readonly (string | undefined)[];
  /** What has to be open on a pool that web servers pass requests to. */
  readonly openPorts: (pool: string) => readonly object[];
}

/** Sections `virtualIps` and `natGateways`. */
export interface MovingAddresses {
  readonly virtualIps: Readonly<Record<string, VirtualIp>>;
  readonly natGateways: readonly NatGateway[];
}

/** Reads the addresses of pools that the stack configures, and the NAT gateways. */
export function readMovingAddresses(
  inventory: Inventory,
  { configured, openPorts }: Surroundings,
  notes: Notes,
): MovingAddresses {
  const groups = [...inventory.groups.values()];
  const natGroups = groups.filter(({ vars }) => lookUp(vars, "input_interface") ?? lookUp(vars, "output_interface"));
  const pools = [...configured, ...natGroups.map(({ name }) => plainName(name))];
  const virtualIps: Record<string, VirtualIp> = {};
  for (const group of groups) {
    for (const entry of lookUp(group.vars, "vips")?.entries() ?? []) {
      const vip = readVirtualIp(inventory, group, entry, notes);
      if (pools.includes(vip.pool)) virtualIps[`${short(vip.pool)}-${short(vip.network)}`] = vip;
      else {
        const message =
          `${show(vip.address)} moves between the hosts of ${vip.pool}, which this stack does not configure: left to whoever ` +
          `does; else write it under virtualIps`;
        notes.changed(entry.path, message);
      }
    }
  }
  const natGateways = natGroups.map((group, at) => {
    const gateway = readNatGateway(group, at, inventory, virtualIps, notes);
    const open = openPorts(gateway.pool);
    return open.length === 0 ? gateway : { ...gateway, openPorts: open };
  });
  return { virtualIps, natGateways };
}

/** A pool's or network's name without what it is: `nat-gateway` for `nat-gateway-pool`. */
function short(name: string): string {
  return name.replace(/-(?:pool|network)$/, "");
}

function readVirtualIp(inventory: Inventory, group: Group, entry: Entry, notes: Notes): VirtualIp {
  const network = toldNetworkName(entry.key, entry.path, notes);
  const candidates = hostsOf(inventory, group.name).map((host) => readCandidate(inventory, host, network));
  const priorities = prioritiesOf(candidates, notes);
  const address = entry.at("vip")?.read();
  return {
    pool: plainName(group.name),
    network,
    address: typeof address === "string" ? address.replace(/\/\d+$/, "") : address,
    virtualRouterId: numberOf(entry.at("virtual_router_id")?.read()),
    ...(priorities ? { priorities } : {}),
  };
}

/** A host's part in a VIP: `<network>: {priority, state}` among its variables. */
interface Candidate {
  readonly host: string;
  readonly priority: unknown;
  readonly state: Entry | undefined;
}

function readCandidate(inventory: Inventory, name: string, network: string): Candidate {
  const ofHost = (inventory.hosts.get(name) ?? []).flatMap((definition) => definition.entries());
  const said = ofHost.filter((entry) => networkName(entry.key) === network && isMapping(entry.peek()));
  const state = lookUp(said, "state");
  return { host: plainName(name), priority: numberOf(lookUp(said, "priority")?.read()), state };
}

/** The priorities that are said. Where only states are, their MASTER comes first; otherwise states say nothing. */
function prioritiesOf(candidates: readonly Candidate[], notes: Notes): Record<string, unknown> | undefined {
  const masters = candidates.filter(({ state }) => stateOf(state) === "MASTER");
  const ranked = candidates.filter(({ priority }) => priority !== undefined);
  const [holder] = ranked.toSorted((left, right) => Number(right.priority) - Number(left.priority));
  tellStates(candidates, masters, holder, notes);
  if (ranked.length > 0) return Object.fromEntries(ranked.map(({ host, priority }) => [host, priority]));
  const [master] = masters;
  if (!master || masters.length > 1) return undefined;
  const order = [master, ...candidates.filter((candidate) => candidate !== master)];
  return Object.fromEntries(order.map(({ host }, index) => [host, 200 - 10 * index]));
}

function tellStates(
  candidates: readonly Candidate[],
  masters: readonly Candidate[],
  holder: Candidate | undefined,
  notes: Notes,
): void {
  for (const { host, state } of candidates) {
    if (!state || ["MASTER", "BACKUP"].includes(stateOf(state) ?? "")) continue;
    notes.changed(
      state.path,
      `${show(state.peek())} of ${host} is neither MASTER nor BACKUP: left out, priorities decide`,
    );
  }
  const decides = holder
    ? `the highest priority is that of ${holder.host}, who has the address`
    : "the pool's order decides";
  for (const { host, state } of masters) {
    if (!state) continue;
    if (masters.length > 1) {
      const names = masters.map((master) => master.host).join(" and ");
      notes.changed(state.path, `"MASTER" of ${host}: ${names} cannot both be it; ${decides}`);
    } else if (holder && holder.host !== host) {
      const message = `"MASTER" of ${host} contradicts the priorities: ${decides}; give ${host} the highest if it is to`;
      notes.changed(state.path, message);
    }
  }
}

function stateOf(state: Entry | undefined): string | undefined {
  return state?.text().toUpperCase();
}

function readNatGateway(
  group: Group,
  at: number,
  inventory: Inventory,
  virtualIps: MovingAddresses["virtualIps"],
  notes: Notes,
): NatGateway {
  const pool = plainName(group.name);
  const side = (key: "input" | "output") => {
    const entry = lookUp(group.vars, `${key}_interface`);
    if (entry) return toldNetworkName(entry.text(), entry.path, notes);
    return notes.fill(["natGateways", at, key], `the network on the ${key} side of ${pool}`);
  };
  const [input, output] = [side("input"), side("output")];
  const own = Object.entries(virtualIps).filter(([, vip]) => vip.pool === pool);
  const inside = own.find(([, { network }]) => network === input);
  const outside = own.find(([, { network }]) => network === output);
  const movesAlong = outside !== undefined && (inside === undefined || order(inside[1]) === order(outside[1]));
  if (movesAlong && inside && inside !== outside) outside[1].syncGroup = inside[0];
  const source = movesAlong
    ? outside[0]
    : sourceToFillIn(at, output, inside?.[0], hostsOf(inventory, group.name), notes);
  return { name: short(pool), pool, input, output, snatAddress: source };
}

/** The hosts in the order in which they get the address. */
function order({ priorities = {} }: VirtualIp): string {
  const hosts = Object.entries(priorities).sort(([, left], [, right]) => Number(right) - Number(left));
  return hosts.map(([host]) => host).join();
}

function sourceToFillIn(
  at: number,
  output: string,
  inside: string | undefined,
  hosts: readonly string[],
  notes: Notes,
): string {
  const syncGroup = inside === undefined ? "" : ` with "syncGroup: ${inside}"`;
  const own = hosts.length === 1 ? `, or the host's own address there` : "";
  const message =
    `the address on ${output === FILL_IN ? "the output side" : output} that connections leave with: declare a free one ` +
    `under virtualIps${syncGroup} and write its name${own}`;
  return notes.fill(["natGateways", at, "snatAddress"], message);
}
