/** What the stack consists of: an inline program of Pulumi's Automation API. */
import { NatGateway } from "gatebox";

/** A NAT gateway; the outputs of the stack are what it returns. */
export function site(): Promise<Record<string, unknown>> {
  const egress = new NatGateway("egress", {
    networks: { inside: "192.168.1.0/24", outside: "10.20.0.0/24" },
    connection: { network: "inside", knownHosts: "known_hosts" },
    hosts: { "nat-1": { addresses: { inside: "192.168.1.2", outside: "10.20.0.2" } } },
    input: "inside",
    output: "outside",
    snatAddress: "10.20.0.2",
  });
  return Promise.resolve({ addresses: egress.snatAddresses });
}
