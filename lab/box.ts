/** The whole lab: toolchain, hosts, cluster. */
import { bringUpCluster } from "./cluster/index.ts";
import { serveOwnRepository } from "./ownRepository.ts";
import type { Lab } from "./state.ts";
import { prepareToolchain, type Toolchain } from "./toolchain/index.ts";
import { bringUp, type UpOptions } from "./up.ts";

/**
 * Brings up everything that a stack is applied to: builds or finds the toolchain, boots the hosts, serves them the packages that
 * no distribution has, starts the cluster. Safe to repeat; continues where it was interrupted.
 */
export async function bringUpBox(lab: Lab, options: UpOptions): Promise<Toolchain> {
  const toolchain = await prepareToolchain();
  await bringUp(lab, options);
  await serveOwnRepository(lab, toolchain.consul);
  await bringUpCluster(lab, { kubernetesBinary: `${toolchain.kubernetes}/kubernetes` });
  return toolchain;
}
