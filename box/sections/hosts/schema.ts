import { z } from "zod";
import { interfaceNameFault } from "../../interfaceNames.ts";
import { hostKeyFault, usableHostKey, uselessHostKey } from "../../sshKeys.ts";
import { closed, type KeyExplanation } from "../../schema/closed.ts";
import { hostConnection } from "../../schema/connection.ts";
import { byNetwork, named } from "../../schema/references.ts";
import { address, address6, name } from "../../schema/scalars.ts";

// Linux: IFNAMSIZ is 16 with the closing NUL; the characters are those that nftables takes unquoted.
const interfaceName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,15}$/, 'is not an interface name: write letters, digits, ".", "_", "-", at most 15')
  .superRefine((text, context) => {
    const fault = interfaceNameFault(text);
    if (fault !== undefined) context.addIssue({ code: "custom", message: `${fault}: choose another name` });
  });

const hostKey = z.string().superRefine((key, context) => {
  const kind = uselessHostKey(key);
  if (kind !== undefined) {
    context.addIssue({ code: "custom", message: `is refused: ${kind}; ${usableHostKey}` });
    return;
  }
  const fault = hostKeyFault(key);
  if (fault === undefined) return;
  const message =
    `is not a public host key: ${fault}; ` +
    `copy it from /etc/ssh/ssh_host_ed25519_key.pub of the host (ssh-ed25519 AAAA…)`;
  context.addIssue({ code: "custom", message });
});

// IEEE 802: the lowest bit of the first octet marks groups of NICs.
const ether = z
  .string()
  .regex(
    /^[0-9A-Fa-f][02468ACEace](?::[0-9A-Fa-f]{2}){5}$/,
    "is not the hardware address of one NIC, such as 52:54:00:a8:02:0b: six pairs of hex digits, the first pair even",
  );

/** The documents say under a host's network who has its VIP. */
const explainKey: KeyExplanation = (key, value) => {
  if (key === "ether" || key === "ethers") return "write macAddresses";
  if (key === "defaultVia") return "write defaultGateway";
  const isVrrp = typeof value === "object" && value !== null && ("state" in value || "priority" in value);
  return isVrrp ? "who has a VIP is said under virtualIps, by its priorities; there is no state" : undefined;
};

const host = closed(
  {
    addresses: byNetwork(address)
      .refine(
        (addresses) => Object.keys(addresses).length > 0,
        "is empty: a host has an address on at least one network",
      )
      .describe("Address of the host on each network that it is on."),
    addresses6: byNetwork(address6)
      .default({})
      .describe("Its IPv6 address besides, on networks that have an IPv6 prefix. Default: none."),
    interfaces: byNetwork(interfaceName)
      .default({})
      .describe("Names of its interfaces by network, where they differ from the network's name."),
    hostKey: hostKey
      .optional()
      .describe(
        "Public SSH host key, Ed25519 or ECDSA, `TYPE BASE64`. Without it, it is looked up in the file `connection.knownHosts`.",
      ),
    connection: hostConnection.prefault({}),
    macAddresses: byNetwork(ether)
      .default({})
      .describe("Hardware addresses (MAC) of its interfaces by network, by which the host finds and names them."),
    machine: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/,
        'is not a name of a machine: write letters, digits, ".", "_", ":", "-", at most 64; a date stands in quotes',
      )
      .optional()
      .describe(
        "Which machine the host is: a serial number, the day of its installation, any text. With another one everything is applied to the host again, in order: for a machine that was replaced, installed anew or has lost /var/lib/gatebox. Default: none.",
      ),
    repair: z
      .record(
        z
          .string()
          .regex(
            /^(packages|runtime|[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*)$/,
            'is not "packages", "runtime" or ASSEMBLY/UNIT',
          ),
        z
          .string()
          .regex(
            /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/,
            'is not a mark: write letters, digits, ".", "_", ":", "-", at most 64',
          ),
      )
      .optional()
      .describe(
        "What the next up applies to the host again, though the stack file says nothing new of it: ASSEMBLY/UNIT, packages or runtime, each with a text of its own, the time say. gatebox verify --repair names them. Default: nothing.",
      ),
    defaultGateway: address
      .optional()
      .describe("Address that its default route leads through, on one of its networks. Without it none is written."),
  },
  explainKey,
);

/** Section `hosts`: every machine of the box. */
export const schema = named(name, host).describe(
  "The machines of the box by name. Those in no pool that the stack configures are only named.",
);
