import { resolveGatewayRoute, routeContext } from "../../resolveRoutes.ts";
import type { Section } from "../section.ts";
import { borderBetweenNetworks } from "./border.ts";
import { oneDestination, onePortOfGatewayRoutes } from "./forms.ts";
import {
  duplicateGatewayPorts,
  literalPortsToCluster,
  portsOfOtherApps,
  reservedGatewayPorts,
  reservedMetricsPort,
} from "./ports.ts";
import { listenAddresses, modeFits, repeatedPorts, routesNamedLikeServices, singleServers } from "./routes.ts";
import { schema } from "./schema.ts";

/** The HAProxy gateways in front of the cluster. */
export const kubeGateways: Section<"kubeGateways", typeof schema> = {
  name: "kubeGateways",
  schema,
  rules: [
    onePortOfGatewayRoutes,
    oneDestination,
    borderBetweenNetworks,
    reservedMetricsPort,
    duplicateGatewayPorts,
    reservedGatewayPorts,
    literalPortsToCluster,
    portsOfOtherApps,
    repeatedPorts,
    listenAddresses,
    singleServers,
    modeFits,
    routesNamedLikeServices,
  ],
  resolve: ({ draft, configuration: { kubeGateways } }) => {
    if (kubeGateways === undefined) return undefined;
    const context = routeContext(draft);
    const routes = Object.entries(kubeGateways.routes).map(([name, route]) =>
      resolveGatewayRoute(context, name, route),
    );
    return { ...kubeGateways, routes };
  },
};
