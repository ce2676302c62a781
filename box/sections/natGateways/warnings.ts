import { membersOf, type Draft } from "../../draft.ts";
import { contains } from "../../ipv4.ts";
import { groupOf } from "../../priorities.ts";
import { pathOf, type Violation } from "../../violations.ts";

/**
 * Connections that leave with an address of another host than the one they come through: the answers go to the host that
 * has the address, which does not know the connections, or learns of them too late.
 */
export function* partedSnatAddresses(draft: Draft): Generator<Violation> {
  for (const { path, pool, input, output, snatAddress: source } of draft.natGateways) {
    if (source === undefined || input === undefined || output === undefined) continue;
    const out = draft.virtualIps.get(source);
    if (!out || membersOf(draft, pool).length < 2) continue;
    for (const [name, vip] of draft.virtualIps) {
      if (vip.pool !== pool || vip.network !== input || groupOf(name, vip) === groupOf(source, out)) continue;
      const message =
        `"${source}" may be on another host than ${name}, the default gateway of ${input}, and answers would go ` +
        `astray: name a VIP on ${output} with "syncGroup: ${name}"`;
      yield { path: pathOf(path, "snatAddress"), message };
    }
  }
}

/** A NAT gateway whose own default route is on the network that it translates: what comes from there would be sent back. */
export function* defaultRoutesBack(draft: Draft): Generator<Violation> {
  for (const { pool, input, output } of draft.natGateways) {
    const range = draft.networks.get(input ?? "")?.range;
    if (!range) continue;
    for (const host of membersOf(draft, pool)) {
      const { defaultGateway } = draft.hosts.get(host) ?? {};
      if (defaultGateway === undefined || !contains(range, defaultGateway)) continue;
      const message =
        `${defaultGateway} is on ${input ?? ""}, which ${pool ?? ""} is the egress of: what comes from there and is for none of the ` +
        `networks of ${host} is not let out; write the next router on ${output ?? ""}`;
      yield { path: pathOf("hosts", host, "defaultGateway"), message };
    }
  }
}
