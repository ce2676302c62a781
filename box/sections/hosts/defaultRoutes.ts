import type { Draft } from "../../draft.ts";
import { contains } from "../../ipv4.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { addressFault } from "./addresses.ts";

/** A host's default route leads through another machine on one of its networks. */
export function* defaultRoutes(draft: Draft): Generator<Violation> {
  for (const [host, { addresses, defaultGateway }] of draft.hosts) {
    if (defaultGateway === undefined || addresses === undefined) continue;
    const path = pathOf("hosts", host, "defaultGateway");
    const own = Object.keys(addresses).flatMap((name) => {
      const network = draft.networks.get(name);
      return network?.range ? [{ name, network, range: network.range }] : [];
    });
    // A network that could not be read may be the one.
    if (own.length < Object.keys(addresses).length) continue;
    const home = own.find(({ range }) => contains(range, defaultGateway));
    if (!home) {
      const networks = own.map(({ name, network }) => `${name} ${network.cidr ?? ""}`).join(", ");
      const message = `${defaultGateway} lies outside of the networks of ${host}: write an address in ${networks}`;
      yield { path, message };
      continue;
    }
    const fault = addressFault(defaultGateway, home.name, home.network, draft.networks, "router");
    if (fault !== undefined) yield { path, message: fault };
    if (addresses[home.name] === defaultGateway) {
      yield {
        path,
        message: `${defaultGateway} is ${host} itself: write the address of the next router`,
      };
    }
  }
}
