/** The lab of the comparison: hosts without a cluster, made anew for whoever's turn it is. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { takeDown } from "../../lab/down.ts";
import { killHost } from "../../lab/hosts/machine.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { hostDirectory, type Lab } from "../../lab/state.ts";
import { bringUp } from "../../lab/up.ts";
import type { Box } from "../../box/index.ts";
import { startProgram, type Program } from "../../test/faults/probe/program.ts";
import { GATEWAYS, WEB_SERVERS } from "./reducedBox.ts";

/** Who asks, as a user of the box does. */
export const CLIENT = "client";

/** The hosts that are configured. */
export const HOSTS: readonly string[] = [...GATEWAYS, ...WEB_SERVERS];

/** Programs that stand in for the gateways' NodePorts. */
export interface NodePorts {
  stop(): Promise<void>;
}

/** Bare hosts, and nothing of those that were there before. */
export async function freshLab(lab: Lab): Promise<void> {
  await takeDown(lab, { quiet: true });
  await bringUp(lab, { hosts: [CLIENT, ...HOSTS], quiet: true });
}

/** One host as if it had come from its maker: with a new disk, and under the name, address and host key that it had. */
export async function renewHost(lab: Lab, host: string): Promise<void> {
  await killHost(lab, hostNamed(host));
  await rm(hostDirectory(lab, host), { recursive: true, force: true });
  await bringUp(lab, { hosts: [host], quiet: true });
}

/** Has every gateway of a box answer on the NodePorts of its routes. */
export async function startNodePorts(lab: Lab, box: Box, gateways: readonly string[]): Promise<NodePorts> {
  const ports = Object.values(box.apps).map(({ port }) => String(port));
  const file = path.join(import.meta.dirname, "nodePorts.ts");
  const programs = gateways.map((gateway): Program<unknown> => {
    const address = box.hosts[gateway]?.addresses[box.kubeGateways?.backendNetwork ?? ""] ?? "";
    return startProgram(lab, gateway, file, [address, ...ports]);
  });
  await Promise.all(programs.map(({ begun }) => begun));
  return {
    stop: async () => {
      await Promise.all(programs.map((program) => program.stop()));
    },
  };
}
