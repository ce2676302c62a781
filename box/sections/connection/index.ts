import type { Section } from "../section.ts";
import { knownHostKeys } from "./hostKeys.ts";
import { bastionChains, reachableHosts } from "./reachable.ts";
import { schema } from "./schema.ts";
import { operatorSources, sshOpenToClients } from "./sources.ts";

/** How hosts are reached by SSH. The model says it host by host. */
export const connection: Section<"connection", typeof schema> = {
  name: "connection",
  schema,
  rules: [reachableHosts, bastionChains, knownHostKeys, operatorSources],
  warnings: [sshOpenToClients],
};
