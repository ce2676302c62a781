import type { Draft } from "../../draft.ts";
import { isNodePort, nodePortRange, nodePorts } from "../../ports.ts";
import { declaredGatewayRoutes } from "../../routes.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** The lowest NodePort above the box's first one that nothing has. */
function freeNodePort(draft: Draft): string {
  const taken = new Set([...declaredGatewayRoutes(draft), ...draft.apps.values()].map(({ port }) => port));
  const start = Math.min(
    nodePortRange.last,
    ...[...draft.apps.values()].flatMap(({ port }) => (port !== undefined && isNodePort(port) ? [port] : [])),
  );
  for (let port = start; port <= nodePortRange.last; port++) if (!taken.has(port)) return `${port} is free`;
  return "write another";
}

/** The port of each app is a NodePort. */
export function* appPortsInRange(draft: Draft): Generator<Violation> {
  for (const [app, { port }] of draft.apps) {
    if (port === undefined || isNodePort(port)) continue;
    const message = `${port} is outside of the NodePorts ${nodePorts} that Kubernetes gives: ${freeNodePort(draft)}`;
    yield { path: pathOf("apps", app, "port"), message };
  }
}

/** No two apps have one port. */
export function* duplicateAppPorts(draft: Draft): Generator<Violation> {
  const holders = new Map<number, string>();
  for (const [app, { port }] of draft.apps) {
    if (port === undefined) continue;
    const holder = holders.get(port);
    if (holder === undefined) holders.set(port, app);
    else {
      const message = `${port} is the port of app "${holder}" already: ${freeNodePort(draft)}`;
      yield { path: pathOf("apps", app, "port"), message };
    }
  }
}
