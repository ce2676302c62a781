import * as pulumi from "@pulumi/pulumi";
import {
  webserversOf,
  type Box,
  type WebserverRoute as Route,
  declareWebserverRoute,
  type WebserverRouteDeclaration,
} from "../box/index.ts";
import { hostUnit } from "../host/HostUnit.ts";
import { webserverRouteFiles } from "../render/webserver/index.ts";
import { serviceUrl } from "../render/webserver/serviceUrl.ts";
import { endsWith } from "../host/order.ts";
import { backupsFirst, firstAlone } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { dependencies } from "./waiting.ts";
import { claimLocation } from "./WebserverPool.ts";

/** What a `WebserverRoute` is made from. */
export interface WebserverRouteArgs {
  /** The box, of this stack or as another stack exports it. */
  readonly box: Box;
  /** A route of the box, or a new one in the words of the stack file, whose name is that of the component. */
  readonly route: Route | WebserverRouteDeclaration;
}

/**
 * One location on every web server of a box, and the upstream that it leads to. It is a fragment: it needs a
 * `WebserverPool` on the hosts, of this stack or another.
 *
 * @throws pulumi.ResourceError when the location is taken.
 * @throws pulumi.RunError when the box has no web servers, or with every violation of what is declared here.
 * @example
 * const upstream = { name: "stream_wiki", port: 30170, group: "kube-gateway-pool" };
 * new WebserverRoute("wiki", { box, route: { location: "/wiki/", upstream } }, { dependsOn: webservers });
 */
export class WebserverRoute extends pulumi.ComponentResource {
  /** Where clients find it. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: WebserverRouteArgs, opts?: pulumi.ComponentResourceOptions) {
    const { box } = args;
    const route = routeOf(name, args);
    const { location, upstream, websocket } = route;
    const hosts = backupsFirst(box, orRunError(() => webserversOf(box)).pool);
    const members = upstream.members.map((member) => `${member.name} ${member.address}:${member.port}`);
    const shown = { box: box.name, location, members, websocket, hosts: hosts.map((host) => host.name) };
    super("gatebox:index:WebserverRoute", name, shown, opts);
    claimLocation(box, location, this, name);
    const unit = `${pulumi.getProject()}.${pulumi.getStack()}.${route.name}`;
    const units = firstAlone(hosts, dependencies(opts), (host, dependsOn) => {
      const files = webserverRouteFiles(route);
      return hostUnit(
        `${name}-${host.name}`,
        { host, assembly: "webserver", unit, files },
        { parent: this, dependsOn },
      );
    });
    endsWith(this, units);
    this.url = pulumi.output(serviceUrl(box, location));
    this.registerOutputs({ url: this.url });
  }
}

/** A route that is resolved has a name. */
function routeOf(name: string, { box, route }: WebserverRouteArgs): Route {
  return "name" in route ? route : orRunError(() => declareWebserverRoute(box, name, route));
}
