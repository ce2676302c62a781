import type { Section } from "../section.ts";
import { clientsOnce, nfsServers } from "./clients.ts";
import { resolveSharedVolumes } from "./resolve.ts";
import {
  glusterNames,
  localDirectories,
  missingDevices,
  mountPoints,
  replicaForms,
  sharedBricks,
  trustedPoolNetworks,
  volumesOnNetworks,
} from "./rules.ts";
import { schema } from "./schema.ts";
import { bricksOnRoot, glusterMaintenance, localIsNotShared } from "./warnings.ts";

/** File systems that several hosts mount. */
export const sharedVolumes: Section<"sharedVolumes", typeof schema> = {
  name: "sharedVolumes",
  schema,
  rules: [
    replicaForms,
    sharedBricks,
    missingDevices,
    volumesOnNetworks,
    trustedPoolNetworks,
    mountPoints,
    localDirectories,
    glusterNames,
    clientsOnce,
    nfsServers,
  ],
  warnings: [glusterMaintenance, bricksOnRoot, localIsNotShared],
  resolve: ({ configuration }) => resolveSharedVolumes(configuration),
};
