import * as pulumi from "@pulumi/pulumi";
import {
  kubeGatewaysOf,
  type Box,
  type GatewayRoute as Route,
  declareGatewayRoute,
  type GatewayRouteDeclaration,
} from "../box/index.ts";
import { hostUnit } from "../host/HostUnit.ts";
import { gatewayRouteFiles } from "../render/gateway/index.ts";
import { endsWith } from "../host/order.ts";
import { claimGatewayPort } from "./GatewayPool.ts";
import { backupsFirst, firstAlone } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { dependencies } from "./waiting.ts";

/** What a `GatewayRoute` is made from. */
export interface GatewayRouteArgs {
  /** The box, of this stack or as another stack exports it. */
  readonly box: Box;
  /** A route of the box, or a new one in the words of the stack file, whose name is that of the component. */
  readonly route: Route | GatewayRouteDeclaration;
}

/**
 * One declared route through every gateway of a box: HAProxy's frontend and backend, and the opening in the border. It is a
 * fragment: it needs a `GatewayPool` on the hosts, of this stack or another, and owns nothing but its own port.
 *
 * @throws pulumi.ResourceError when the port is taken.
 * @throws pulumi.RunError when the box has no gateways, or with every violation of what is declared here.
 * @example
 * const destination = { addresses: [{ name: "database-1", address: "192.168.1.31", port: 5432 }] };
 * new GatewayRoute("postgres", { box, route: { mode: "tcp", port: 30500, destination } }, { dependsOn: gateways });
 */
export class GatewayRoute extends pulumi.ComponentResource {
  constructor(name: string, args: GatewayRouteArgs, opts?: pulumi.ComponentResourceOptions) {
    const { box } = args;
    const route = routeOf(name, args);
    const { port, mode, destination } = route;
    const hosts = backupsFirst(box, orRunError(() => kubeGatewaysOf(box)).pool);
    const members = destination.members.map((member) => `${member.name} ${member.address}:${member.port}`);
    const shown = { box: box.name, port, mode, members, hosts: hosts.map((host) => host.name) };
    super("gatebox:index:GatewayRoute", name, shown, opts);
    claimGatewayPort(box, port, this, name);
    const unit = `${pulumi.getProject()}.${pulumi.getStack()}.${route.name}`;
    const units = firstAlone(hosts, dependencies(opts), (host, dependsOn) => {
      const files = gatewayRouteFiles(box, host, route);
      return hostUnit(`${name}-${host.name}`, { host, assembly: "gateway", unit, files }, { parent: this, dependsOn });
    });
    endsWith(this, units);
    this.registerOutputs({});
  }
}

/** A route that is resolved has a name. */
function routeOf(name: string, { box, route }: GatewayRouteArgs): Route {
  return "name" in route ? route : orRunError(() => declareGatewayRoute(box, name, route));
}
