import { z } from "zod";
import { show } from "../../printable.ts";
import { closed, type KeyExplanation } from "../../schema/closed.ts";
import { named, referenceTo } from "../../schema/references.ts";
import { addressOfAnyFamily, instanceName } from "../../schema/scalars.ts";

// RFC 5798, 5.2.3: a virtual router identifier has eight bits, and 0 is none.
const noRouterId = "is not a virtual router identifier: write a whole number from 1 to 255";

// RFC 5798, 5.2.4: 255 belongs to a host whose own address it is, 0 is how a host gives the address up. A host that is
// drained falls to 1, below all others.
const noPriority = "is not a priority: write a whole number from 2 to 254";

// RFC 5798, 5.2.7: VRRPv3 counts hundredths of a second. Above a second nobody would wait for the next host.
const noInterval =
  "is not an advert interval: write 10 to 1000 (milliseconds), a multiple of 10, for VRRPv3 counts hundredths of a second";

/** Words of the documents and of keepalived, and what stands for them here. */
const explainKey: KeyExplanation = (key, value) => {
  switch (key) {
    case "state":
      return (
        `${show(value)} would fix who has the address, which follows from the priorities alone: ` +
        `remove it, and give that host the highest of priorities`
      );
    case "priority":
      return `${show(value)} is one host's: write priorities, one for each host of the pool`;
    case "together":
      return "write syncGroup";
    case "vip":
      return "write address";
    case "virtual_router_id":
    case "vrid":
      return "write virtualRouterId";
    case "interface":
      return "write network, each host's interface follows from it";
    case "nopreempt":
      return 'write "preempt: false"';
    case "advert_int":
      return "write advertIntervalMs, in milliseconds";
    case "authentication":
    case "auth_pass":
      return "VRRPv3 knows no passwords (RFC 5798, 9), and hosts listen to their own pool alone: remove it";
    default:
      return undefined;
  }
};

const virtualIp = closed(
  {
    pool: referenceTo("pools").describe("Pool whose hosts have the address in turn."),
    network: referenceTo("networks").describe("Network of the address. Every host of the pool is on it."),
    address: addressOfAnyFamily.describe(
      "The address, one of the network's that no host has. An IPv6 address is a VIP of its own, for clients of the web " +
        "servers.",
    ),
    virtualRouterId: z
      .int()
      .min(1, noRouterId)
      .max(255, noRouterId)
      .describe(
        "Number of the virtual router, 1 to 255. No other VIP of the network and of its family has it, whatever its pool.",
      ),
    priorities: z
      .record(z.string(), z.int().min(2, noPriority).max(254, noPriority))
      .optional()
      .describe(
        "Priority of each host of the pool, 2 to 254, all different: the healthy host with the highest has the " +
          "address. Default: 200, 190, 180, … in the order of the pool.",
      ),
    preempt: z
      .boolean()
      .default(true)
      .describe(
        "Whether a host with a higher priority takes the address back when it returns. Default `true`. With `false` " +
          "the address stays where it is.",
      ),
    advertIntervalMs: z
      .int()
      .min(10, noInterval)
      .max(1000, noInterval)
      .multipleOf(10, noInterval)
      .default(100)
      .describe("Milliseconds between adverts, 10 to 1000 in tens. Three missed ones move the address. Default 100."),
    syncGroup: referenceTo("virtualIps")
      .optional()
      .describe("VIP of the same pool that this one moves with: both are always on one host. Default: it moves alone."),
  },
  explainKey,
);

/** Section `virtualIps`: the addresses that move. */
export const schema = named(instanceName, virtualIp)
  .default({})
  .describe(
    "Addresses that move between the hosts of a pool (VIPs) by name. Of the healthy hosts one has the address; all are " +
      "equal until their priorities decide.",
  );
