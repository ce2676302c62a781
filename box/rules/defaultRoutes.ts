import type { Draft } from "../draft.ts";
import { contains } from "../ipv4.ts";
import { pathOf, type Violation } from "../violations.ts";
import { addressFault } from "./addresses.ts";

/** A host's default route leads through another machine on one of its networks. */
export function* defaultRoutes(draft: Draft): Generator<Violation> {
  for (const [host, { addresses, defaultVia }] of draft.hosts) {
    if (defaultVia === undefined) continue;
    const path = pathOf("hosts", host, "defaultVia");
    const own = Object.keys(addresses).flatMap((name) => {
      const network = draft.networks.get(name);
      return network ? [{ name, network }] : [];
    });
    // A network that could not be read may be the one.
    if (own.length < Object.keys(addresses).length) continue;
    const home = own.find(({ network }) => contains(network.range, defaultVia));
    if (!home) {
      const networks = own.map(({ name, network }) => `${name} ${network.cidr}`).join(", ");
      const message = `${defaultVia} lies outside of the networks of ${host}: write an address in ${networks}`;
      yield { path, message };
      continue;
    }
    const fault = addressFault(defaultVia, home.name, home.network, draft.networks, "router");
    if (fault !== undefined) yield { path, message: fault };
    if (addresses[home.name] === defaultVia) {
      yield { path, message: `${defaultVia} is ${host} itself: write the address of the next machine on the way out` };
    }
  }
}
