import { addressOn, membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** The gateways stand between two networks, and nobody but them is on both: else there were a route around them. */
export function* borderBetweenNetworks(draft: Draft): Generator<Violation> {
  const { kubeGateways: gateways, webservers } = draft;
  const { network, backendNetwork } = gateways;
  const { networks } = draft;
  if (network !== undefined && network === backendNetwork) {
    const message = `"${backendNetwork}" is the gateways' network too: there is no border within one network`;
    yield { path: pathOf("kubeGateways", "backendNetwork"), message };
    return;
  }
  const { upstreamNetwork } = webservers;
  if (network !== upstreamNetwork && networks.has(network ?? "") && networks.has(upstreamNetwork ?? "")) {
    const message = `"${upstreamNetwork ?? ""}" is not where the gateways listen: write "${network ?? ""}", the network of kubeGateways`;
    yield { path: pathOf("webservers", "upstreamNetwork"), message };
  }
  for (const member of membersOf(draft, webservers.pool)) {
    const address = addressOn(draft, member, backendNetwork);
    if (backendNetwork === undefined || address === undefined) continue;
    const message =
      `${address} puts web server ${member} behind the gateways, past everything they keep closed: ` +
      `remove the address, or the host from ${webservers.pool ?? "the pool"}`;
    yield { path: pathOf("hosts", member, "addresses", backendNetwork), message };
  }
}
