import { entriesOf, type Draft } from "../../draft.ts";
import { portSourceFault } from "../../portSource.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** A route has one port, from one source. */
export function* onePortOfGatewayRoutes(draft: Draft): Generator<Violation> {
  for (const [name, route] of entriesOf(draft.kubeGateways.routes)) {
    const fault = portSourceFault(route);
    if (fault !== undefined) yield { path: pathOf("kubeGateways", "routes", name), message: fault };
  }
}

/** A route leads to the hosts of a pool or to single servers. */
export function* oneDestination(draft: Draft): Generator<Violation> {
  for (const [name, { destination }] of entriesOf(draft.kubeGateways.routes)) {
    if (destination === undefined) continue;
    const given = ["group", "addresses"].filter((key) => key in destination).length;
    if (given === 1) continue;
    const message =
      given === 0 ? "leads nowhere: write group (a pool) or addresses" : "has group and addresses: keep one";
    yield { path: pathOf("kubeGateways", "routes", name, "destination"), message };
  }
}
