import type { Section } from "../section.ts";
import { appPortsInRange, duplicateAppPorts } from "./ports.ts";
import { resolveApp } from "./resolve.ts";
import { schema } from "./schema.ts";

/** The workloads in the cluster and their ports. */
export const apps: Section<"apps", typeof schema> = {
  name: "apps",
  schema,
  entry: "app",
  rules: [appPortsInRange, duplicateAppPorts],
  resolve: ({ configuration }) =>
    Object.fromEntries(Object.entries(configuration.apps).map(([name, app]) => [name, resolveApp(name, app)])),
};
