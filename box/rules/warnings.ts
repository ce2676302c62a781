import { membersOf, type Draft } from "../draft.ts";
import { contains } from "../ipv4.ts";
import { groupOf } from "../virtualIps.ts";
import { pathOf, type Violation } from "../violations.ts";

/** An address that nobody can take over. */
export function* loneHolders(draft: Draft): Generator<Violation> {
  for (const [name, { pool, address }] of draft.virtualIps) {
    const members = membersOf(draft, pool);
    if (members.length !== 1) continue;
    const message = `${pool} has one host, ${members[0] ?? ""}: when that fails, nobody takes ${address} over; add a host to the pool`;
    yield { path: pathOf("virtualIps", name, "pool"), message };
  }
}

/**
 * Connections that leave with an address of another host than the one they come through: the answers go to the host that
 * has the address, which does not know the connections, or learns of them too late.
 */
export function* partedSources(draft: Draft): Generator<Violation> {
  for (const { path, pool, input, output, snatAddress: source } of draft.natGateways) {
    const out = draft.virtualIps.get(source);
    if (!out || membersOf(draft, pool).length < 2) continue;
    for (const [name, vip] of draft.virtualIps) {
      if (vip.pool !== pool || vip.network !== input || groupOf(name, vip) === groupOf(source, out)) continue;
      const message =
        `"${source}" may be on another host than ${name}, through which ${input} is led out, and answers would go ` +
        `astray: name a VIP on ${output} with "syncGroup: ${name}"`;
      yield { path: pathOf(path, "snatAddress"), message };
    }
  }
}

/** A NAT gateway whose own way out is the network that it leads out of: what comes from there would be sent back there. */
export function* waysBack(draft: Draft): Generator<Violation> {
  for (const { pool, input, output } of draft.natGateways) {
    const network = draft.networks.get(input);
    if (!network) continue;
    for (const host of membersOf(draft, pool)) {
      const { defaultGateway } = draft.hosts.get(host) ?? {};
      if (defaultGateway === undefined || !contains(network.range, defaultGateway)) continue;
      const message =
        `${defaultGateway} is on ${input}, which ${pool} leads out of: what comes from there and is for none of the networks of ` +
        `${host} is not let out; write the next machine on ${output}`;
      yield { path: pathOf("hosts", host, "defaultGateway"), message };
    }
  }
}
