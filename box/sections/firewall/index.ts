import { z } from "zod";
import { itemsOf, membersOf, type Draft } from "../../draft.ts";
import { Protocol } from "../../model.ts";
import { configuredHosts } from "../../reach.ts";
import { closed } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { port } from "../../schema/scalars.ts";
import { pathOf, type Violation } from "../../violations.ts";
import type { Section } from "../section.ts";
import { closedPorts } from "./closedPorts.ts";
import { openedSshPorts } from "./sshPorts.ts";

const openPort = closed({
  pool: referenceTo("pools").describe("Pool whose hosts open the port."),
  network: referenceTo("networks").describe("Network that it is open to. Every host of the pool is on it."),
  protocol: z.enum(Protocol).default(Protocol.Tcp).describe("`tcp` (default) or `udp`."),
  port: port.describe("Port of the hosts themselves. Nothing is forwarded by it."),
});

/** Section `firewall`: what is open beside what the box itself needs. */
const schema = closed({
  openPorts: z.array(openPort).default([]).describe("Ports of programs that this stack does not know. Default: none."),
})
  .prefault({})
  .describe(
    "Every host that the stack configures is closed on every interface, but for what its programs listen on and for the " +
      "operator's SSH. What other programs of these hosts listen on stands here.",
  );

/** An open port is on hosts that are closed otherwise, and stands there once. */
function* openPortsOfPools(draft: Draft): Generator<Violation> {
  const configured = new Set(configuredHosts(draft));
  const seen = new Set<string>();
  for (const [index, { pool, network, protocol, port: number }] of itemsOf(draft.firewall.openPorts)) {
    const path = pathOf("firewall", "openPorts", index);
    const other = membersOf(draft, pool).find((host) => !configured.has(host));
    if (other !== undefined) {
      const message = `the stack configures nothing on ${other} of ${pool ?? ""}, so nothing is closed there: remove it`;
      yield { path: pathOf(path, "pool"), message };
    }
    if (pool === undefined || network === undefined || number === undefined) continue;
    const gateway = membersOf(draft, draft.kubeGateways.pool).find((host) => membersOf(draft, pool).includes(host));
    if (gateway !== undefined && network === draft.kubeGateways.network) {
      const message = `the border of ${gateway} lets only routes in from ${network}: write a route of kubeGateways`;
      yield { path: pathOf(path, "network"), message };
    }
    const key = `${pool} ${network} ${protocol ?? ""} ${number}`;
    if (seen.has(key))
      yield { path, message: `${protocol ?? ""} port ${number} of ${pool} on ${network} is open already: keep one` };
    seen.add(key);
  }
}

/** What is open on hosts beside what their programs declare. */
export const firewall: Section<"firewall", typeof schema> = {
  name: "firewall",
  schema,
  rules: [openPortsOfPools, openedSshPorts, closedPorts],
  resolve: ({ configuration }) => configuration.firewall,
};
