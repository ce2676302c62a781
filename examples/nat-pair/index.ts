/** Two machines that lead a network out, with addresses that move from one to the other when it fails. */
import { NatGateway, VirtualIps } from "gatebox";

const egress = new NatGateway("egress", {
  networks: { inside: "192.168.1.0/24", outside: "10.20.0.0/24" },
  connection: { network: "inside", knownHosts: "known_hosts" },
  hosts: {
    "nat-1": { addresses: { inside: "192.168.1.2", outside: "10.20.0.2" } },
    "nat-2": { addresses: { inside: "192.168.1.3", outside: "10.20.0.3" } },
  },
  input: "inside",
  output: "outside",
  snatAddress: "out",
  virtualIps: {
    // The default gateway of the hosts inside, and the address that their connections leave with: always on one machine.
    gateway: {
      pool: "egress",
      network: "inside",
      address: "192.168.1.1",
      virtualRouterId: 1,
      priorities: { "nat-1": 200, "nat-2": 100 },
    },
    out: {
      pool: "egress",
      network: "outside",
      address: "10.20.0.10",
      virtualRouterId: 2,
      priorities: { "nat-1": 200, "nat-2": 100 },
      syncGroup: "gateway",
    },
  },
});

// A machine holds the addresses once it can do what they are for.
const vips = new VirtualIps("egress-vips", { box: egress.box, pool: "egress" }, { dependsOn: egress });

export const { addresses } = vips;
