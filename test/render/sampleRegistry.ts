/** A box with a registry of its own. */
import type { Box } from "../../box/index.ts";
import type { Changes } from "../box/edit.ts";
import { parseProtobox } from "../box/parsing.ts";

/** The least that there is to say of one. */
export const sampleRegistry = { name: "registry.protobox", pool: "supervisors-pool" };

/** The Protobox with a registry on gateway-4. */
export function registryBox(changes: object = {}, others: Changes = {}): Box {
  return parseProtobox({
    "pools.registry-pool": ["gateway-4"],
    "webservers.serverNames": ["protobox.test", "registry.protobox"],
    registry: { ...sampleRegistry, pool: "registry-pool", ...changes },
    ...others,
  });
}
