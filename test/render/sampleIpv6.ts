/** The box of sampleHa.ts, with an IPv6 address for clients beside the IPv4 one. */
import type { Box, Host, VirtualIp } from "../../box/model.ts";
import { haBox, haHost, virtualIps } from "./sampleHa.ts";

const addresses6: Readonly<Record<string, string>> = {
  "webserver-1": "fd00:0:0:a::30",
  "webserver-2": "fd00:0:0:a::32",
};

/** The same number as the IPv4 address has: each family counts for itself. */
export const edge6 = {
  ...virtualIps.edge,
  name: "edge6",
  address: "fd00:0:0:a::33",
  prefixLength: 64,
} satisfies VirtualIp;

/** A host of `ipv6Box`. */
export function ipv6Host(name: string): Host {
  const own = addresses6[name];
  return { ...haHost(name), ...(own === undefined ? {} : { addresses6: { "public-network": own } }) };
}

/** The box; `change` takes the place of what it says. */
export function ipv6Box(change: Partial<Box> = {}): Box {
  const box = haBox();
  const hosts = Object.fromEntries(Object.keys(box.hosts).map((name) => [name, ipv6Host(name)]));
  const network = { name: "public-network", cidr: "192.168.0.0/24", ipv6: "fd00:0:0:a::/64" };
  return {
    ...box,
    hosts,
    networks: { ...box.networks, "public-network": network },
    virtualIps: { ...virtualIps, edge6 },
    ...change,
  };
}
