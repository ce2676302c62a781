/** A unit of many routes for a gateway of the Protobox, as another stack would send it. */
import { payload } from "../../host/payload.ts";
import { project, stackFile } from "../../lab/stack.ts";
import { gatewayRouteFiles } from "../../render/gateway/index.ts";
import { boxOf, valuesOf, withRoutes } from "./manyRoutes.ts";

/**
 * The text that goes to a gateway for so many routes, which nothing else there has.
 *
 * @param check milliseconds between health checks, to have two texts that differ in every route
 * @example routesUnit("gateway-1", 1000, 2000)
 */
export async function routesUnit(host: string, routes: number, check: number): Promise<string> {
  const box = boxOf(valuesOf(withRoutes(await stackFile(project, "protobox"), "routes", routes, check)));
  const gateway = box.hosts[host]!;
  const added = box.kubeGateways!.routes.filter(({ name }) => name.startsWith("route-"));
  const files = added.flatMap((route) => gatewayRouteFiles(box, gateway, route));
  return payload({ assembly: "gateway", unit: "bench.scale", files });
}
