/** Names below `.consul`: name servers of a box with Consul ask the agent on their own host. */
import { isOn, itemsOf, membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** The domain that Consul answers for unless it is told otherwise. */
const domain = "consul";

/** The name servers that have no agent of Consul, which is on hosts of its network alone. */
function agentless(draft: Draft): readonly string[] {
  return membersOf(draft, draft.dns.pool).filter((host) => !isOn(draft, host, draft.consul.network));
}

/** Where `.consul` is asked, beside what the stack says of other domains. */
export function consulForward(draft: Draft): Readonly<Record<string, string[]>> {
  const { dnsPort } = draft.consul;
  if (!draft.written.has("consul") || dnsPort === undefined || agentless(draft).length > 0) return {};
  return { [domain]: [`127.0.0.1#${dnsPort}`] };
}

/** What Consul answers for is not the name servers' own. */
export function* consulsDomain(draft: Draft): Generator<Violation> {
  if (!draft.written.has("dns") || !draft.written.has("consul")) return;
  for (const [index, one] of itemsOf(draft.dns.domains))
    if (one === domain)
      yield {
        path: pathOf("dns", "domains", index),
        message: `"${one}" is the domain of the box's Consul (consul): choose another`,
      };
}

/** Without an agent beside each name server, nobody says where `.consul` is. */
export function* withoutAgent(draft: Draft): Generator<Violation> {
  if (!draft.written.has("dns") || !draft.written.has("consul") || draft.dns.forward?.[domain] !== undefined) return;
  const hosts = agentless(draft);
  if (hosts.length > 0)
    yield {
      path: pathOf("dns", "pool"),
      message: `${hosts.join(" and ")} ${hosts.length > 1 ? "have" : "has"} no agent of Consul, which is on ${draft.consul.network ?? ""} alone (consul.network), so no name below .consul is known: choose a pool on that network, or write dns.forward.consul`,
    };
}
