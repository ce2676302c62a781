import { isOn, type Draft } from "../../draft.ts";
import { connectedHosts, reachOf } from "../../reach.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** Each host that SSH connects to has an address on the network that it is reached over. */
export function* reachableHosts(draft: Draft): Generator<Violation> {
  const lost = draft.written.has("connection")
    ? undefined
    : connectedHosts(draft).find((host) => !saysItself(draft, host));
  if (lost !== undefined) {
    const [network = "NETWORK"] = Object.keys(draft.hosts.get(lost)?.addresses ?? {});
    const message = `is missing: write "network: ${network}", or another network over which SSH reaches ${lost}`;
    yield { path: "connection", message };
  }
  for (const host of connectedHosts(draft)) {
    const { network, address } = reachOf(draft, host);
    if (network === undefined || address !== undefined || !draft.declared.networks?.has(network)) continue;
    if (isOn(draft, host, network) || draft.hosts.get(host)?.addresses === undefined) continue;
    const own = Object.keys(draft.hosts.get(host)?.addresses ?? {});
    const message =
      `"${network}" is where SSH goes, but ${host} has no address on it: ` +
      `write "connection: { network: ${own[0] ?? network} }" for it, or give it an address there`;
    yield { path: pathOf("hosts", host, "connection", "network"), message };
  }
}

/** Whether a host says by itself how SSH reaches it, or was to. */
function saysItself(draft: Draft, host: string): boolean {
  return (
    reachOf(draft, host).network !== undefined || draft.refused.has(pathOf("hosts", host, "connection", "network"))
  );
}

/** SSH goes through one bastion at most, and never through the host itself. */
export function* bastionChains(draft: Draft): Generator<Violation> {
  for (const host of draft.hosts.keys()) {
    const { bastion, bastionPath } = reachOf(draft, host);
    if (bastion === undefined || !draft.hosts.has(bastion)) continue;
    if (bastion === host) {
      yield { path: bastionPath, message: `"${bastion}" is the host itself: name another host, or write false` };
      continue;
    }
    const next = reachOf(draft, bastion);
    if (next.bastion === undefined || next.bastion === bastion) continue;
    const message =
      `"${next.bastion}": ${bastion} is the bastion of ${host}, and a bastion is reached directly: ` +
      `remove it, or write false`;
    yield { path: next.bastionPath, message };
  }
}
