import type { Section } from "../section.ts";
import { resolveControlPlane } from "./resolve.ts";
import { etcdOfMasters, portsOfApi, portsOfRoutes, twoMasters, virtualIpOfApi } from "./rules.ts";
import { schema } from "./schema.ts";
import { endingCa, numberOfMasters } from "./warnings.ts";

/** The load balancer of the Kubernetes API. */
export const controlPlane: Section<"controlPlane", typeof schema> = {
  name: "controlPlane",
  schema,
  rules: [virtualIpOfApi, twoMasters, portsOfApi, portsOfRoutes, etcdOfMasters],
  warnings: [numberOfMasters, endingCa],
  resolve: ({ draft, configuration }) => resolveControlPlane(draft, configuration),
};
