import { z } from "zod";
import { closed, type KeyExplanation } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { port } from "../../schema/scalars.ts";

const explainKey: KeyExplanation = (key) => {
  if (/^(?:gossip_?key|encrypt)$/i.test(key))
    return "a secret of the stack: `pulumi config set --secret gatebox:consulGossipKey`, or leave it out and it is generated";
  if (/token|acl/i.test(key)) return "access control is always on, and its tokens are generated";
  if (/script|exec/i.test(key))
    return "remote exec and checks by scripts are off: they would run programs of whoever may register one";
  return undefined;
};

// As Consul's own agent asks; DNS takes no "_" in host names, and Consul takes it in this one.
const datacenter = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/,
    'is not a name that DNS takes: write lower-case letters, digits, "-" and "_", a letter or digit first and last, at most 63 in all',
  );

// systemd.time(7); `systemd-analyze calendar` on the host says whether it can be.
const schedule = z
  .string()
  .regex(/^[A-Za-z0-9*][A-Za-z0-9*:.,/ -]*$/, "is not a time of systemd's such as `daily` or `*-*-* 02:30`");

/** Section `consul`. */
export const schema = closed(
  {
    repository: referenceTo("aptRepositories").describe(
      "The entry of `aptRepositories` that the package `consul` comes from: Debian and Ubuntu have none.",
    ),
    datacenter: datacenter
      .default("box")
      .describe(
        "Name of its datacentre: its records are below `DATACENTER.consul`. It cannot be changed later. Default `box`.",
      ),
    network: referenceTo("networks").describe(
      "The network that servers and agents speak on. Configured hosts that are not on it have no agent.",
    ),
    servers: closed({
      pools: z.array(referenceTo("pools")).default([]).describe("Pools all of whose hosts have one."),
      hosts: z.array(referenceTo("hosts")).default([]).describe("Hosts that have one beside them."),
    })
      .optional()
      .describe(
        "Where its servers are: three, five or seven hosts. Two are taken with a warning. Default: the NAT gateways that are on `network`, and the first " +
          "host of the pool `supervisors-pool`.",
      ),
    dnsPort: port.default(8600).describe("Port of its DNS on 127.0.0.1 of every host that it is on. Default 8600."),
    snapshots: closed({
      schedule: schedule.default("daily").describe("When each server takes one, as systemd has it. Default `daily`."),
      keep: z
        .int()
        .min(1, "is not a number of snapshots, 1 to 1000")
        .max(1000, "is not a number of snapshots, 1 to 1000")
        .default(14)
        .describe("How many stay, in `/var/backups/gatebox-consul`. Default 14."),
    })
      .prefault({})
      .describe("Snapshots of all that it knows."),
  },
  explainKey,
)
  .optional()
  .describe(
    "Consul: servers on some hosts, an agent on every other configured host of its network, TLS and access control throughout, and " +
      "each route of the gateways with a check of its health. Without this section the box has none.",
  );
