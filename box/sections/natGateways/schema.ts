import { z } from "zod";
import { isAddress } from "../../ipv4.ts";
import { isIpv6 } from "../../ipv6.ts";
import { Protocol } from "../../model.ts";
import { closed, type KeyExplanation } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { instanceName, port } from "../../schema/scalars.ts";

const openPort = closed({
  network: referenceTo("networks").describe("Network that the port is open to."),
  protocol: z.enum(Protocol).default(Protocol.Tcp).describe("`tcp` (default) or `udp`."),
  port: port.describe("Port of the gateways themselves. Nothing is forwarded by it."),
});

// A connection takes some 300 bytes of the kernel's memory: 5 GB at the upper end; fewer than the lower one is no gateway.
const notConnections = "is not a number of connections: write 1024 to 16777216";

const tooFew = "is too few connections for a host: write at least 64";

/** Words of the documents, and what stands for them here. */
const explainKey: KeyExplanation = (key) => {
  if (key === "input_interface") return "write input, the name of the network";
  if (key === "output_interface") return "write output, the name of the network";
  if (key === "source") return "write snatAddress";
  if (key === "openings") return "write openPorts";
  return undefined;
};

/** One entry of `natGateways`. */
const natGateway = closed(
  {
    name: instanceName.describe("Name of the NAT gateway, unique among `natGateways`."),
    pool: referenceTo("pools").describe(
      "Pool of the gateways. Connections are known to all of them, so that any can go on with them.",
    ),
    input: referenceTo("networks").describe("Network whose hosts are translated. Only they begin connections."),
    output: referenceTo("networks").describe("Network that their connections leave on."),
    snatAddress: referenceTo("virtualIps", (text) => !isAddress(text) && !isIpv6(text)).describe(
      "Address that connections leave with: the name of a VIP of the pool on `output`, so that it moves with them. A pool " +
        "of one host may have that host's own address there instead.",
    ),
    openPorts: z
      .array(openPort)
      .default([])
      .describe("Ports of the gateways' own that are open beside what the box itself needs. Default: none."),
    conntrack: closed({
      max: z
        .int()
        .min(1024, notConnections)
        .max(16_777_216, notConnections)
        .default(262_144)
        .describe(
          "Connections that a gateway keeps track of at most; what goes by it (the kernel's and conntrackd's tables) " +
            "follows. On hosts of several NAT gateways the largest counts. Default 262144.",
        ),
      perSource: z
        .int()
        .min(64, tooFew)
        .optional()
        .describe(
          "Connections that one address of `input` may have through a gateway at most; what it begins beyond them is refused, " +
            "so that it leaves none of the others without. The hosts of a pool that is a NAT gateway into `input` itself are " +
            "exempt: they limit those behind them. Default: a sixteenth of `max`.",
        ),
    })
      .prefault({})
      .describe("How the kernel keeps track of connections."),
  },
  explainKey,
);

/** Section `natGateways`: the egress of the box. */
export const schema = z
  .array(natGateway)
  .default([])
  .describe(
    "Egress of a network, each on the hosts of a pool: what comes from `input` leaves on `output` with " +
      "`snatAddress`. Nothing comes in but answers, and what `openPorts` declares.",
  );
