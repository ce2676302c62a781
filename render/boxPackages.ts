/** What a box installs on a host in all. */
import type { Box, Host } from "../box/model.ts";
import type { Program, Registry } from "./assembly.ts";
import { packagesOf } from "./registryOf.ts";

/**
 * The packages of everything that the box has on a host, in order and each once, and the units to keep masked until they are
 * configured. They are installed before the host gets its network: its default route may lead over gateways of the box itself,
 * which do not forward yet when the box is set up.
 *
 * @param own programs that are installed in any case
 * @example boxPackages(registry, box, host) // { packages: ["conntrackd", "iproute2", …], maskedUntilConfigured: ["conntrackd.service"] }
 */
export function boxPackages(
  registry: Registry,
  box: Box,
  host: Host,
  own: readonly Program[] = [],
): Omit<Program, "name"> {
  return packagesOf([...own, ...registry.assembliesOf(box, host).flatMap(({ programs }) => programs)]);
}
