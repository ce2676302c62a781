import { z } from "zod";
import { closed } from "../../schema/closed.ts";
import { cidr, name, prefix6 } from "../../schema/scalars.ts";
import { named } from "../../schema/references.ts";

const neither = "is neither an IPv4 network such as 192.168.2.0/24 nor { cidr, ipv6 }";

const network = closed({
  cidr: cidr.describe("The network's IPv4 addresses in CIDR notation."),
  ipv6: prefix6.optional().describe("The network's IPv6 prefix, for example `fd00:0:0:a::/64`. Default: none."),
});

/** Section `networks`: every network of the box. */
export const schema = named(name, z.union([cidr, network], { error: neither })).describe(
  "The networks of the box by name, each in CIDR notation, or `{ cidr, ipv6 }` where it has an IPv6 prefix too. An " +
    "interface of a host carries its network's name, unless the host says otherwise.",
);
