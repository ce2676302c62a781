import { addressOn, isOn, itemsOf, membersOf, type Draft, type NatGatewayDraft } from "../../draft.ts";
import { isAddress } from "../../ipv4.ts";
import { isIpv6 } from "../../ipv6.ts";
import { isNodePort } from "../../ports.ts";
import { sharedHosts } from "../../sharedHosts.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { declaredGatewayRoutes } from "../../routes.ts";

/** Each NAT gateway has a name of its own, and no two on one pool have one input: one would never be used. */
export function* duplicateNatGateways(draft: Draft): Generator<Violation> {
  const names = new Map<string, string>();
  const inputs = new Map<string, string>();
  for (const { path, name, pool, input } of draft.natGateways) {
    const namesake = name === undefined ? undefined : names.get(name);
    if (namesake !== undefined && name !== undefined)
      yield { path: pathOf(path, "name"), message: `"${name}" is the name of ${namesake} already: choose another` };
    else if (name !== undefined) names.set(name, path);
    if (pool === undefined || input === undefined) continue;
    const key = `${pool} ${input}`;
    const other = inputs.get(key);
    if (other === undefined) inputs.set(key, name ?? path);
    else {
      const message = `"${input}" is the input of ${other} already, on ${pool} too: keep one, or write another pool`;
      yield { path: pathOf(path, "input"), message };
    }
  }
}

/** A NAT gateway is egress: from one network into another, never from the clients in, nor past the border. */
export function* natDirections(draft: Draft): Generator<Violation> {
  const outside = draft.webservers.network;
  const { network: border, backendNetwork } = draft.kubeGateways;
  // Where both are one network there is no border, which is reported by itself.
  const inside = border === backendNetwork ? undefined : backendNetwork;
  for (const { path, input, output } of draft.natGateways) {
    if (input !== undefined && input === output) {
      const message = `"${output}" is the input too: a NAT gateway leads from one network into another`;
      yield { path: pathOf(path, "output"), message };
      continue;
    }
    if (input !== undefined && input === outside) {
      const message = `"${input}" is where clients come from, and this would lead them into ${output ?? "the box"}: write it as output`;
      yield { path: pathOf(path, "input"), message };
    }
    if (output !== undefined && output === inside) {
      const message = `"${output}" lies behind the gateways, and this would lead past everything they keep closed: write it as input`;
      yield { path: pathOf(path, "output"), message };
    }
  }
}

/**
 * A NAT gateway is neither a gateway of the cluster nor a node of it, as far as the stack knows: what it does not open is
 * closed there, an `accept` in the border's table notwithstanding. For a node that is the kubelet, BGP, VXLAN and more.
 */
export function* natPools(draft: Draft): Generator<Violation> {
  const { pool: kube, routes } = draft.kubeGateways;
  const gateways = new Set(membersOf(draft, kube));
  const nodes = new Map<string, string>();
  for (const { source, name, port, path } of declaredGatewayRoutes(draft)) {
    if (source === "service" || port === undefined || !isNodePort(port)) continue;
    for (const host of membersOf(draft, routes?.[name]?.destination?.group?.name)) nodes.set(host, path);
  }
  for (const { path, pool } of draft.natGateways) {
    const clash = membersOf(draft, pool).find((host) => gateways.has(host) || nodes.has(host));
    if (clash === undefined) continue;
    const message = gateways.has(clash)
      ? `${clash} of ${pool ?? ""} is a kube gateway too, and a NAT gateway closes the ports of all routes: write a pool of other hosts`
      : `${clash} of ${pool ?? ""} is a node of the cluster too (${nodes.get(clash) ?? ""} leads there), and a NAT gateway closes ` +
        `what nodes need of each other: write a pool of other hosts`;
    yield { path: pathOf(path, "pool"), message };
  }
}

/** Connections leave with an address that answers come back to, on the output, whichever host of the pool is at work. */
export function* snatAddresses(draft: Draft): Generator<Violation> {
  for (const gateway of draft.natGateways) {
    const { snatAddress } = gateway;
    if (snatAddress === undefined) continue;
    const fault = isIpv6(snatAddress)
      ? `${snatAddress} is an IPv6 address, ${untranslated(draft, gateway)}`
      : isAddress(snatAddress)
        ? ownAddressFault(draft, gateway, snatAddress)
        : virtualIpFault(draft, gateway, snatAddress);
    if (fault !== undefined) yield { path: pathOf(gateway.path, "snatAddress"), message: fault };
  }
}

/** IPv6 has addresses for all, and needs no translation; a NAT gateway forwards none of it. */
function untranslated(draft: Draft, { pool, output }: NatGatewayDraft): string {
  return `and IPv6 is not translated: ${fitting(draft, pool, output)}`;
}

function virtualIpFault(draft: Draft, gateway: NatGatewayDraft, source: string): string | undefined {
  const { pool, output } = gateway;
  const vip = draft.virtualIps.get(source);
  if (!vip || pool === undefined) return undefined;
  const end = fitting(draft, pool, output);
  if (vip.pool !== undefined && vip.pool !== pool) return `"${source}" is a VIP of ${vip.pool}, not of ${pool}: ${end}`;
  if (vip.address !== undefined && isIpv6(vip.address))
    return `"${source}" is the IPv6 address ${vip.address}, ${untranslated(draft, gateway)}`;
  if (output !== undefined && vip.network !== undefined && vip.network !== output)
    return `"${source}" is on ${vip.network}, and answers come to ${output}: ${end}`;
  return undefined;
}

function ownAddressFault(draft: Draft, { pool, output }: NatGatewayDraft, source: string): string | undefined {
  const members = membersOf(draft, pool);
  const [lone] = members;
  if (lone === undefined || pool === undefined || output === undefined) return undefined;
  if (members.length === 1 && addressOn(draft, lone, output) === source) return undefined;
  const [vip] = [...draft.virtualIps].find(([, { address }]) => address === source) ?? [];
  if (vip !== undefined) return `${source} is the address of VIP "${vip}": write its name`;
  if (members.length > 1)
    return `${source} does not move between the ${members.length} hosts of ${pool}: ${fitting(draft, pool, output)}`;
  const own = addressOn(draft, lone, output);
  return `${source} is no address of ${lone} on ${output}${own === undefined ? "" : `: write ${own}`}`;
}

/** What could be a source. */
function fitting(draft: Draft, pool = "", network = ""): string {
  const vips = [...draft.virtualIps].filter(
    ([, vip]) => vip.pool === pool && vip.network === network && !isIpv6(vip.address ?? ""),
  );
  if (vips.length > 0) return `write ${vips.map(([name]) => name).join(" or ")}`;
  return `declare a VIP of ${pool} on ${network} under virtualIps, and name it`;
}

/** No open port lets the box's clients reach hosts of the network behind the gateways, and none is declared twice. */
export function* natOpenPorts(draft: Draft): Generator<Violation> {
  const outside = draft.webservers.network;
  const inside = draft.kubeGateways.backendNetwork;
  for (const gateway of draft.natGateways) {
    const seen = new Set<string>();
    const exposed = membersOf(draft, gateway.pool).find((host) => isOn(draft, host, inside));
    for (const [index, { network, protocol, port }] of itemsOf(gateway.openPorts)) {
      const path = pathOf(gateway.path, "openPorts", index);
      if (network === undefined || port === undefined) continue;
      const key = `${network} ${protocol ?? ""} ${port}`;
      if (seen.has(key))
        yield { path, message: `${protocol ?? ""} port ${port} on ${network} is open already: keep one` };
      seen.add(key);
      if (exposed === undefined || network !== outside) continue;
      const message =
        `"${network}" is where clients come from, and ${exposed} is on ${inside ?? ""}: port ${port} would expose that ` +
        `network to them; remove it, and lead them there by a route of webservers`;
      yield { path: pathOf(path, "network"), message };
    }
  }
}

/** A host is in one pool with NAT gateways at most. */
export function* hostsWithNatOfTwoPools(draft: Draft): Generator<Violation> {
  const places = draft.natGateways.map(({ path, pool }) => ({ path: pathOf(path, "pool"), pool }));
  yield* sharedHosts(draft, places, "the NAT gateways");
}

/** One address has no more connections than there are in all. */
export function* connectionsPerSource(draft: Draft): Generator<Violation> {
  for (const { path, conntrack } of draft.natGateways) {
    const { max, perSource } = conntrack ?? {};
    if (max === undefined || perSource === undefined || perSource <= max) continue;
    const message = `${perSource} is more than all connections of the gateway: write at most max, ${max}, or leave it out`;
    yield { path: pathOf(path, "conntrack", "perSource"), message };
  }
}
