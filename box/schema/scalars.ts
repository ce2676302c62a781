import { z } from "zod";

// The messages below end a sentence that begins with the offending value.

/** Names of networks, hosts, pools, apps, routes and services: they end up in Kubernetes, HAProxy and file names alike. */
export const name = z
  .string()
  .regex(
    /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    'is not a name: write lower-case letters, digits and "-", a letter first, no "-" at the end, at most 63 in all',
  );

/** Names of VIPs and NAT gateways: they end up in configurations and file names of hosts, which tell capitals apart. */
export const instanceName = z
  .string()
  .regex(
    /^[A-Za-z](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/,
    'is not a name: write letters, digits and "-", a letter first, no "-" at the end, at most 63 in all',
  );

/** A TCP port. */
export const port = z
  .int()
  .min(1, "is not a port: write a whole number from 1 to 65535")
  .max(65535, "is not a port: write a whole number from 1 to 65535");

/** An IPv4 address in dotted form. */
export const address = z.ipv4("is not an IPv4 address such as 192.168.2.11");

/** A block of IPv4 addresses. */
export const cidr = z.cidrv4("is not an IPv4 network such as 192.168.2.0/24");

/** An IPv6 address. */
export const address6 = z.ipv6("is not an IPv6 address such as fd00:0:0:a::30");

/** A block of IPv6 addresses. */
export const prefix6 = z.cidrv6("is not an IPv6 prefix such as fd00:0:0:a::/64");

/** An address of either family. */
export const addressOfAnyFamily = z
  .string()
  .regex(
    new RegExp(`${z.regexes.ipv4.source}|${z.regexes.ipv6.source}`),
    "is not an IP address such as 192.168.2.11 or fd00:0:0:a::11",
  );
