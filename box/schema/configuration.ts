import { z } from "zod";
import { apps } from "./apps.ts";
import { unknownKeys } from "./closed.ts";
import { connection } from "./connection.ts";
import { hostNetworks } from "./hostNetworks.ts";
import { hosts } from "./hosts.ts";
import { kubeGateways } from "./kubeGateways.ts";
import { natGateway, natGateways } from "./natGateways.ts";
import { networks } from "./networks.ts";
import { pools } from "./pools.ts";
import { services } from "./services.ts";
import { virtualIps } from "./virtualIps.ts";
import { webservers } from "./webservers.ts";

/** The sections of a stack's configuration, in the order in which they are written and in which mistakes are told. */
export const sections = {
  networks,
  connection,
  hosts,
  pools,
  apps,
  kubeGateways,
  webservers,
  services,
  virtualIps,
  natGateways,
  hostNetworks,
};

/** The name of a section. */
export type SectionName = keyof typeof sections;

/** The names of all sections. */
export const sectionNames = Object.keys(sections) as SectionName[];

/** The documents' name of a section. */
function explainSection(section: string): string | undefined {
  return section === "vips" ? "write virtualIps, with an entry for each address" : undefined;
}

/** A stack's whole configuration as it is written. */
export const configuration = z.strictObject(sections, { error: unknownKeys(sectionNames, explainSection) });

/**
 * The same with every part optional that is not an entry of a table: what is left of a configuration with mistakes must
 * still fit it, so that the rules can look at the rest.
 */
export const partialConfiguration = z.strictObject({
  networks: networks.default({}),
  connection: connection.partial().prefault({}),
  hosts: hosts.default({}),
  pools: pools.default({}),
  apps,
  kubeGateways: kubeGateways.partial().prefault({}),
  webservers: webservers.partial().prefault({}),
  services,
  virtualIps,
  // An entry that cannot be read leaves a gap, so that the others keep their places.
  natGateways: z.array(natGateway.nullable().catch(null)).default([]),
  hostNetworks,
});

/** What is left of a configuration with mistakes; a sound one is left whole. */
export type PartialConfiguration = z.infer<typeof partialConfiguration>;
/** One entry of `hosts`. */
export type HostConfiguration = PartialConfiguration["hosts"][string];
/** One entry of `apps`. */
export type AppConfiguration = PartialConfiguration["apps"][string];
/** One entry of `kubeGateways.routes`. */
export type GatewayRouteConfiguration = NonNullable<PartialConfiguration["kubeGateways"]["routes"]>[string];
/** One entry of `webservers.routes`. */
export type WebRouteConfiguration = NonNullable<PartialConfiguration["webservers"]["routes"]>[string];
/** One entry of `services`. */
export type ServiceConfiguration = PartialConfiguration["services"][string];
/** One entry of `virtualIps`. */
export type VirtualIpConfiguration = PartialConfiguration["virtualIps"][string];
/** One entry of `natGateways`. */
export type NatGatewayConfiguration = z.infer<typeof natGateway>;
/** Directives of nginx inside a location. */
export type ParamsConfiguration = WebRouteConfiguration["params"];
