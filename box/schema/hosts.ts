import { z } from "zod";
import { hostKeyFault } from "../sshKeys.ts";
import { closed } from "./closed.ts";
import { hostConnection } from "./connection.ts";
import { address, name } from "./words.ts";

// Linux: IFNAMSIZ is 16 with the closing NUL; the characters are those that nftables takes unquoted.
const interfaceName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,15}$/, 'is not an interface name: write letters, digits, ".", "_", "-", at most 15');

const hostKey = z.string().superRefine((key, context) => {
  const fault = hostKeyFault(key);
  if (fault === undefined) return;
  const message =
    `is not a public host key: ${fault}; ` +
    `copy it from /etc/ssh/ssh_host_ed25519_key.pub of the host (ssh-ed25519 AAAA…)`;
  context.addIssue({ code: "custom", message });
});

const host = closed({
  addresses: z
    .record(name, address)
    .refine((addresses) => Object.keys(addresses).length > 0, "is empty: a host has an address on at least one network")
    .describe("Address of the host on each network that it is on."),
  interfaces: z
    .record(name, interfaceName)
    .default({})
    .describe("Names of its interfaces by network, where they differ from the network's name."),
  hostKey: hostKey
    .optional()
    .describe("Public SSH host key, `TYPE BASE64`. Without it, it is looked up in the file `connection.knownHosts`."),
  connection: hostConnection.prefault({}),
});

/** Section `hosts`: every machine of the box. */
export const hosts = z
  .record(name, host)
  .describe("The machines of the box by name. Those in no pool that the stack configures are only named.");
