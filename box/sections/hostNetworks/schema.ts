import { z } from "zod";
import { closed } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { address, address6 } from "../../schema/scalars.ts";

const nameserver = z.union([address, address6], "is not an IP address such as 192.168.1.53");

// netplan reads the files of this one directory that end so, and merges them; Debian's ifupdown reads the others.
const replacedFile = z
  .string()
  .regex(
    /^(?:\/etc\/netplan\/[A-Za-z0-9_-][A-Za-z0-9._-]*\.yaml|\/etc\/network\/interfaces(?:\.d\/[A-Za-z0-9_-][A-Za-z0-9._-]*)?)$/,
    "is not a file of netplan or ifupdown: write its whole path, " +
      "/etc/netplan/NAME.yaml, /etc/network/interfaces or /etc/network/interfaces.d/NAME",
  )
  .refine((path) => path !== "/etc/netplan/60-gatebox.yaml", "is the file that is written: leave it out");

/** Section `hostNetworks`: whose network is written. */
export const schema = closed({
  pools: z
    .array(referenceTo("pools"))
    .default([])
    .describe(
      "Pools whose hosts get the names of their interfaces, addresses and default routes from this file. Each interface " +
        "is found by its hardware address, `hosts.X.macAddresses`. Default: none.",
    ),
  nameservers: z
    .array(nameserver)
    .default([])
    .describe("Name servers of these hosts. They are for systemd-resolved; hosts without it keep their resolv.conf."),
  replaces: z
    .array(replacedFile)
    .default([])
    .describe(
      "Files that configured these interfaces so far: of netplan, for example `/etc/netplan/50-cloud-init.yaml`, or of " +
        "ifupdown, `/etc/network/interfaces`. Where they are, they are set aside (of ifupdown's, the lines about these " +
        "interfaces), and put back when the hosts leave `pools`. Default: none.",
    ),
})
  .prefault({})
  .describe(
    "Hosts whose network is written with netplan; all others keep theirs. A network that cuts its host off is undone.",
  );
