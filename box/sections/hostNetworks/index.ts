import type { Section } from "../section.ts";
import { circularDefaultRoutes, duplicateHostNetworks, unknownMacAddresses } from "./rules.ts";
import { schema } from "./schema.ts";

/** Whose network is written. */
export const hostNetworks: Section<"hostNetworks", typeof schema> = {
  name: "hostNetworks",
  schema,
  rules: [duplicateHostNetworks, unknownMacAddresses, circularDefaultRoutes],
  resolve: ({ configuration }) => configuration.hostNetworks,
};
