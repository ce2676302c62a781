import type { Section } from "../section.ts";
import { resolveNatGateways } from "./resolve.ts";
import {
  connectionsPerSource,
  duplicateNatGateways,
  hostsWithNatOfTwoPools,
  natDirections,
  natOpenPorts,
  natPools,
  snatAddresses,
} from "./rules.ts";
import { schema } from "./schema.ts";
import { defaultRoutesBack, partedSnatAddresses } from "./warnings.ts";

/** The egress of the box. */
export const natGateways: Section<"natGateways", typeof schema> = {
  name: "natGateways",
  schema,
  rules: [
    hostsWithNatOfTwoPools,
    duplicateNatGateways,
    natPools,
    natDirections,
    snatAddresses,
    natOpenPorts,
    connectionsPerSource,
  ],
  warnings: [partedSnatAddresses, defaultRoutesBack],
  resolve: ({ configuration }) => resolveNatGateways(configuration),
};
