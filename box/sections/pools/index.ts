import type { Section } from "../section.ts";
import { duplicateMembers, membersOnNetworks } from "./members.ts";
import { schema } from "./schema.ts";

/** Which hosts do the same work. */
export const pools: Section<"pools", typeof schema> = {
  name: "pools",
  schema,
  entry: "pool",
  rules: [duplicateMembers, membersOnNetworks],
  resolve: ({ configuration }) =>
    Object.fromEntries(Object.entries(configuration.pools).map(([name, members]) => [name, { name, members }])),
};
