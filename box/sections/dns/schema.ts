import { z } from "zod";
import { closed, type KeyExplanation } from "../../schema/closed.ts";
import { byNetwork, named, referenceTo } from "../../schema/references.ts";
import { address, addressOfAnyFamily } from "../../schema/scalars.ts";
import { foreignName, ownName, recordName } from "./names.ts";
import { server } from "./servers.ts";

/** Words of dnsmasq, of resolv.conf and of other name servers, and what stands for them here. */
const explainKey: KeyExplanation = (key) => {
  switch (key) {
    case "domain":
    case "local":
      return "write domains, a list";
    case "upstream":
    case "upstreams":
    case "server":
    case "servers":
    case "nameservers":
      return "write forwarders, a list";
    case "hosts":
    case "address":
    case "hostRecords":
      return "write records; the hosts of the box have theirs";
    case "network":
      return "write networks, a list";
    case "rebindDomains":
      return "write allowPrivateAnswers";
    default:
      return undefined;
  }
};

const explainDhcpKey: KeyExplanation = (key) => {
  if (key === "leaseTime" || key === "lease") return "write leaseMinutes, a number";
  if (key === "gateway" || key === "defaultGateway") return "write router";
  return key === "start" || key === "end" ? "write range: { first, last }" : undefined;
};

// dnsmasq(8) has none shorter than two minutes; after a year nobody remembers.
const noLease = "is not the time of a lease: write 2 to 525600 (minutes)";

const dhcp = closed(
  {
    range: closed({
      first: address.describe("First address of the range."),
      last: address.describe("Its last address."),
    })
      .optional()
      .describe("Addresses for machines that the stack does not know. Default: these get none."),
    hosts: z
      .array(referenceTo("hosts"))
      .optional()
      .describe(
        "Hosts that get their address on this network as a lease, by their MAC. Default: every host with a MAC there.",
      ),
    router: address.optional().describe("Default gateway that clients are told. Default: none."),
    leaseMinutes: z
      .int()
      .min(2, noLease)
      .max(525_600, noLease)
      .default(720)
      .describe("Minutes that a lease lasts. Default 720."),
  },
  explainDhcpKey,
);

/** Section `dns`: the box's own name servers. */
export const schema = closed(
  {
    pool: referenceTo("pools").describe("Pool of the name servers: one host, or two."),
    networks: z
      .array(referenceTo("networks"))
      .min(1, "is empty: name the networks that may ask")
      .describe("Networks that may ask, and on which the name servers listen. Nobody else can."),
    domains: z
      .array(ownName)
      .min(1, "is empty: name the domain of the box")
      .describe(
        "Domains that are the box's own: what is not there is nowhere, and nobody else is asked. Hosts are in the first.",
      ),
    records: named(recordName, addressOfAnyFamily)
      .default({})
      .describe(
        "Names and their addresses, beside those that the stack has anyway. One without a dot is in the first domain.",
      ),
    forwarders: z
      .array(server)
      .default([])
      .describe(
        "Name servers that are asked for everything else, and by hosts while the box's own are dead: `ADDRESS`, or " +
          "`ADDRESS#PORT`. Default: none, the box knows its own names only.",
      ),
    forward: named(foreignName, z.array(server).min(1, "is empty: name the servers of this domain"))
      .default({})
      .describe("Domains that are asked elsewhere, for example `consul: [192.168.1.7#8600]`. Answers may be private."),
    allowPrivateAnswers: z
      .array(foreignName)
      .default([])
      .describe(
        "Domains of which the forwarders may say private addresses. Such answers are dropped otherwise (DNS rebinding).",
      ),
    dhcp: byNetwork(dhcp).default({}).describe("Leases by network. Default: none, no DHCP is spoken."),
  },
  explainKey,
)
  .optional()
  .describe(
    "The box's own name servers (dnsmasq), which its hosts ask; without them hosts still know the names of the box. " +
      "Without this section hosts resolve names as they did.",
  );
