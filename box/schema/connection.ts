import { z } from "zod";
import { closed } from "./closed.ts";
import { address, address6, cidr, port, prefix6 } from "./scalars.ts";
import { referenceTo } from "./references.ts";

/** A login name as useradd(8) takes it. */
const user = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'is not a login name: write lower-case letters, digits, "_" and "-", at most 32');

const userText = "Login name; it must be root or become root without a password.";
const networkText = "Network on which the operator's workstation reaches the hosts.";
const bastionText = "Host through which SSH goes.";

const source = z.union([address, cidr, address6, prefix6], {
  error: "is neither an address nor a network: write for example 192.0.2.7, 192.0.2.0/24 or 2001:db8::/64",
});

const fromText =
  "Addresses and networks (CIDR) that SSH is open to. The host that is the bastion of another may always come in there. It is " +
  "what the hosts see: behind a router that translates, its address.";

const from = z
  .array(source)
  .min(1, "is empty, and would let nobody in: write the operator's addresses, or leave it out");

/** Section `connection`: how hosts are reached by SSH unless they say otherwise. */
export const connection = closed({
  user: user.default("root").describe(`${userText} Default \`root\`.`),
  network: referenceTo("networks").describe(networkText),
  port: port.default(22).describe("Port of sshd. Default 22."),
  bastion: referenceTo("hosts")
    .optional()
    .describe(
      `${bastionText} By default every host is reached directly. Bastions themselves are always reached directly.`,
    ),
  from: from.optional().describe(`${fromText} By default it is open to everybody on the network of the connection.`),
  knownHosts: z
    .string()
    .min(1, "is empty: write the path of a known_hosts file, or leave it out")
    .optional()
    .describe(
      "Path of an OpenSSH known_hosts file, relative to the project, with the public keys of the hosts, Ed25519 or ECDSA.",
    ),
})
  .optional()
  .describe("How the operator's workstation reaches the hosts by SSH. A host may say otherwise for itself.");

/** Key `connection` of a host: what is different for this host. */
export const hostConnection = closed({
  user: user.optional().describe(userText),
  network: referenceTo("networks").optional().describe(networkText),
  port: port.optional().describe("Port of sshd."),
  bastion: z
    .union([referenceTo("hosts"), z.literal(false)], { error: "is neither the name of a host nor false" })
    .optional()
    .describe(`${bastionText} \`false\`: none, although the box has a default.`),
  from: from.optional().describe(`${fromText} In place of the box's.`),
}).describe("What is different from the box's own `connection` for this host.");
