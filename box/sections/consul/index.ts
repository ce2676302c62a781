import type { Section } from "../section.ts";
import { serversOf } from "./places.ts";
import { fewServers, oddServers, placesOfServers, serversOnce } from "./rules.ts";
import { schema } from "./schema.ts";

/** Which services there are, and which of them are well. */
export const consul: Section<"consul", typeof schema> = {
  name: "consul",
  schema,
  rules: [oddServers, serversOnce, placesOfServers],
  warnings: [fewServers],
  resolve: ({ draft, configuration: { consul } }) =>
    consul === undefined ? undefined : { ...consul, servers: serversOf(draft) },
};
