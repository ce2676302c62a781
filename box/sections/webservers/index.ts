import { resolveWebRoute } from "../../resolveRoutes.ts";
import type { Section } from "../section.ts";
import { duplicateLocations } from "./locations.ts";
import {
  decodedVariables,
  directiveValues,
  entryKeys,
  formOfValues,
  originWide,
  proxyPass,
  trustedHeaders,
} from "./params.ts";
import { schema } from "./schema.ts";
import { duplicateServerNames } from "./serverNames.ts";
import { issuedCertificate } from "./tls.ts";
import { ambiguousUpstreams, closedGatewayPorts, groupsWithoutGateways, onePortOfUpstreams } from "./upstreams.ts";

/** The nginx servers at the edge. */
export const webservers: Section<"webservers", typeof schema> = {
  name: "webservers",
  schema,
  rules: [
    onePortOfUpstreams,
    groupsWithoutGateways,
    duplicateLocations,
    ambiguousUpstreams,
    closedGatewayPorts,
    formOfValues,
    directiveValues,
    entryKeys,
    trustedHeaders,
    decodedVariables,
    originWide,
    proxyPass,
    duplicateServerNames,
    issuedCertificate,
  ],
  resolve: ({ draft, configuration: { webservers } }) => {
    if (webservers === undefined) return undefined;
    const { pool, network, upstreamNetwork, serverNames, serveAddresses, unknownNames, routes } = webservers;
    const certificate = draft.certificate === undefined ? {} : { certificate: draft.certificate };
    const issued = webservers.tls.issuedByBox ? { issuedByBox: true as const } : {};
    const resolved = Object.entries(routes).map(([name, route]) => resolveWebRoute(draft, name, route));
    const names = { serverNames, serveAddresses, unknownNames };
    return { pool, network, upstreamNetwork, ...names, ...certificate, ...issued, routes: resolved };
  },
};
