import { z } from "zod";
import { balanceMode, haproxyOptionNames } from "../haproxyVocabulary.ts";
import { GatewayMode } from "../model.ts";
import { closed } from "./closed.ts";
import { withOneOf } from "./editorHints.ts";
import { address, port } from "./scalars.ts";
import { referenceTo } from "./references.ts";

/** HTTP routes are understood and logged request by request, TCP routes are passed on as they are. */
export const mode = z
  .enum([GatewayMode.Http, GatewayMode.Tcp])
  .default(GatewayMode.Http)
  .describe("`http` (default): HAProxy reads the requests. `tcp`: it passes bytes on as they are.");

const notListened = 'is neither "*" nor an IPv4 address';

/** Where the gateways listen. */
export const listenAddress = z
  .union([z.literal("*"), z.ipv4(notListened)], { error: notListened })
  .default("*")
  .describe(
    '`"*"` (default): each gateway listens on its own address on the gateway network and on VIPs there, on no other.',
  );

/** HAProxy's balance algorithm. */
export const balance = z
  .string()
  .refine(
    (text) => balanceMode(text) !== undefined,
    "is not a balance algorithm: write roundrobin, static-rr, leastconn, first, source, random, uri, hdr(NAME) or " +
      "url_param NAME",
  )
  .default("roundrobin")
  .describe("How requests are shared out: `roundrobin` (default), `leastconn`, `source`, … as HAProxy calls them.");

/** HAProxy's `option`s. */
export const options = z
  .array(z.enum(haproxyOptionNames))
  .default([])
  .describe("Options of HAProxy for this route, for example `httplog`.");

const tooFewChecks = "is not a number of checks: write 1 to 100";
const checks = z.int().min(1, tooFewChecks).max(100, tooFewChecks);

// Below a tenth of a second checks only burden the servers; above an hour they find nothing in time.
const badInterval = "is not an interval: write 100 to 3600000 (milliseconds)";
const interval = z.int().min(100, badInterval).max(3_600_000, badInterval);

/** How HAProxy finds out that a server is well. */
export const check = closed({
  path: z
    .string()
    .regex(
      /^\/[A-Za-z0-9._~%!$&()*+,;=:@/?-]*$/,
      'is not the path of a URL: it begins with "/", without blanks or quotes',
    )
    .optional()
    .describe("Ask for this path over HTTP and want an answer of 2xx or 3xx. Without it a TCP connect is enough."),
  host: z
    .string()
    .max(253, "is not a host name: it is longer than 253 characters")
    .regex(
      /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?$/,
      "is not a host name: write it without scheme and path",
    )
    .optional()
    .describe("The `Host` that checks with a `path` ask for. Default: the first of `webservers.serverNames`."),
  intervalMs: interval.default(2000).describe("Milliseconds between checks (default 2000)."),
  fall: checks.default(3).describe("Failed checks in a row until a server is taken out (default 3)."),
  rise: checks.default(2).describe("Passed checks in a row until a server is taken back (default 2)."),
})
  .prefault({})
  .describe("Health checks of the servers.");

const group = closed({
  name: referenceTo("pools").describe("Name of the pool whose hosts are the servers."),
  port: port
    .optional()
    .describe("May repeat the route's port for the reader; the port value has one source, so another one is an error."),
}).describe("The hosts of a pool, at the route's own port, on the network behind the gateways.");

const server = closed({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/,
      'is not a server name: write letters, digits, ".", "_", "-"',
    )
    .describe("Name of the server in HAProxy's log and statistics."),
  address: address.describe("Its address on the network behind the gateways."),
  port: port.describe("Its port."),
});

/** Where a gateway route leads: a pool of hosts, or single addresses. */
export const destination = closed({
  group: group.optional(),
  addresses: z
    .array(server)
    .min(1, "has no servers: name at least one, or a group")
    .optional()
    .describe("Single servers, where no pool of the box fits."),
  balance,
  options,
  check,
}).meta({
  oneOf: withOneOf("group", "addresses"),
  errorMessage: "Write group (a pool) or addresses (single servers), one of the two.",
});
