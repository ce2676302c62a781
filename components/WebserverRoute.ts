import * as pulumi from "@pulumi/pulumi";
import type { Box, WebserverRoute as Route } from "../box/index.ts";
import { HostUnit } from "../host/HostUnit.ts";
import { webserverRouteFiles } from "../render/webserver/index.ts";
import { backupsFirst, dependencies, rolling } from "./rolling.ts";
import { claimLocation, serviceUrl } from "./WebserverPool.ts";

/** What a `WebserverRoute` is made from. */
export interface WebserverRouteArgs {
  /** The box, of this stack or as another stack exports it. */
  readonly box: Box;
  readonly route: Route;
}

/**
 * One location on every web server of a box, and the upstream that it leads to. It is a fragment: it needs a
 * `WebserverPool` on the hosts, of this stack or another.
 *
 * @throws pulumi.ResourceError when the location is taken.
 * @throws pulumi.RunError when the box has no such pool.
 * @example new WebserverRoute("wiki", { box, route }, { dependsOn: webservers });
 */
export class WebserverRoute extends pulumi.ComponentResource {
  /** Where clients find it. */
  readonly url: string;

  constructor(name: string, args: WebserverRouteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:WebserverRoute", name, {}, opts);
    const { box, route } = args;
    claimLocation(box, route.location, this, name);
    const unit = `${pulumi.getProject()}.${pulumi.getStack()}.${route.name}`;
    rolling(backupsFirst(box, box.webservers.pool), dependencies(opts), (host, dependsOn) => {
      const files = webserverRouteFiles(route);
      return new HostUnit(
        `${name}-${host.name}`,
        { host, assembly: "webserver", unit, files },
        { parent: this, dependsOn },
      );
    });
    this.url = serviceUrl(box, route.location);
    this.registerOutputs({});
  }
}
