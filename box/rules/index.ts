import type { Draft } from "../draft.ts";
import type { Violation } from "../violations.ts";
import { addressesInNetworks, duplicateAddresses } from "./addresses.ts";
import { borderBetweenNetworks } from "./border.ts";
import { bastionChains, reachableHosts } from "./connections.ts";
import { defaultRoutes } from "./defaultRoutes.ts";
import { listenAddresses, modeFits, repeatedPorts, routesNamedLikeServices, singleServers } from "./gatewayRoutes.ts";
import { knownHostKeys } from "./hostKeys.ts";
import { circularDefaultRoutes, duplicateHostNetworks, unknownCards } from "./hostNetworks.ts";
import { addresses6InNetworks, duplicateAddresses6, networkPrefixes, overlappingPrefixes } from "./ipv6.ts";
import { hardwareAddresses, interfaceNames, networkNamesAsInterfaces } from "./interfaces.ts";
import { duplicateLocations } from "./locations.ts";
import { duplicateNatGateways, natDirections, natOpenings, natPools, natSources } from "./natGateways.ts";
import { closedNatPorts, openedSshPorts } from "./natPorts.ts";
import { networkAddresses, overlappingNetworks } from "./networks.ts";
import { directiveValues, entryKeys, proxyPass, trustedHeaders } from "./params.ts";
import { duplicateMembers, membersOnNetworks } from "./pools.ts";
import {
  appPortsInRange,
  duplicateAppPorts,
  duplicateGatewayPorts,
  literalPortsToCluster,
  portsOfOtherApps,
  reservedGatewayPorts,
  reservedMetricsPort,
} from "./ports.ts";
import { unknownNames } from "./references.ts";
import { duplicateServerNames } from "./serverNames.ts";
import { hostsWithNatOfTwoPools, hostsWithVipsOfTwoPools } from "./sharedHosts.ts";
import { ambiguousStreams, closedGatewayPorts } from "./streams.ts";
import {
  duplicateVirtualRouterIds,
  equalPriorities,
  hostsOfPriorities,
  hostsWithoutPriority,
  movesTogether,
  virtualIpAddresses,
} from "./virtualIps.ts";
import { hostsOfIpv6Vips, ipv6VipsForClients } from "./virtualIps6.ts";
import { loneHolders, partedSources, waysBack } from "./warnings.ts";

/** A rule looks at what could be read of a configuration and tells what breaks it. */
export type Rule = (draft: Draft) => Iterable<Violation>;

/** Every rule that goes beyond one entry; each is linear in the size of the configuration. */
export const rules: readonly Rule[] = [
  unknownNames,
  networkAddresses,
  overlappingNetworks,
  addressesInNetworks,
  duplicateAddresses,
  networkPrefixes,
  overlappingPrefixes,
  addresses6InNetworks,
  duplicateAddresses6,
  interfaceNames,
  hardwareAddresses,
  defaultRoutes,
  networkNamesAsInterfaces,
  reachableHosts,
  bastionChains,
  knownHostKeys,
  duplicateMembers,
  membersOnNetworks,
  borderBetweenNetworks,
  reservedMetricsPort,
  appPortsInRange,
  duplicateAppPorts,
  duplicateGatewayPorts,
  reservedGatewayPorts,
  literalPortsToCluster,
  portsOfOtherApps,
  repeatedPorts,
  listenAddresses,
  singleServers,
  modeFits,
  routesNamedLikeServices,
  duplicateLocations,
  ambiguousStreams,
  closedGatewayPorts,
  closedNatPorts,
  directiveValues,
  entryKeys,
  trustedHeaders,
  proxyPass,
  duplicateServerNames,
  virtualIpAddresses,
  ipv6VipsForClients,
  hostsOfIpv6Vips,
  duplicateVirtualRouterIds,
  hostsOfPriorities,
  hostsWithoutPriority,
  equalPriorities,
  movesTogether,
  hostsWithVipsOfTwoPools,
  hostsWithNatOfTwoPools,
  duplicateNatGateways,
  natPools,
  natDirections,
  natSources,
  natOpenings,
  openedSshPorts,
  duplicateHostNetworks,
  unknownCards,
  circularDefaultRoutes,
];

/** What is sound but hardly meant. Asked only of a configuration that breaks no rule. */
export const warningRules: readonly Rule[] = [loneHolders, partedSources, waysBack];
