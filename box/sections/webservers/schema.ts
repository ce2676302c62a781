import { z } from "zod";
import { UnknownNames } from "../../model.ts";
import { closed } from "../../schema/closed.ts";
import { location, passHeaders, websocket } from "../../schema/location.ts";
import { params } from "../../schema/params.ts";
import { onePortSource, portSource } from "../../schema/portSource.ts";
import { named, referenceTo } from "../../schema/references.ts";
import { name } from "../../schema/scalars.ts";

const upstream = closed({
  name: z
    .string()
    .regex(
      /^[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/,
      'is not the name of an upstream: write letters, digits, ".", "_", "-"',
    )
    .optional()
    .describe(
      "Name of the upstream. Default `stream_<route>`, with `_` for `-`. Routes with one name share the upstream.",
    ),
  ...portSource,
  group: referenceTo("pools")
    .optional()
    .describe("Pool whose hosts are the servers. Default: the pool of the kube gateways."),
}).meta(onePortSource);

const route = closed({ location, params, upstream, websocket, passHeaders }, (key) =>
  key === "stream" ? "write upstream" : undefined,
);

// Host names, "*." in front for all names below, as nginx's server_name takes them.
const serverName = z
  .string()
  .max(253, "is not a host name: it is longer than 253 characters")
  .regex(
    /^(?:\*\.)?(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    "is not a host name: write it in lower case, without scheme, port or path",
  );

/** Section `webservers`: the nginx servers at the edge. */
export const schema = closed({
  pool: referenceTo("pools").describe("Pool of the web servers."),
  network: referenceTo("networks").describe("Network that clients come from."),
  upstreamNetwork: referenceTo("networks").describe(
    "Network on which the gateways are reached: the `network` of `kubeGateways`.",
  ),
  serverNames: z
    .array(serverName)
    .default([])
    .describe("Host names that are served. Requests for other names are refused. None: every name is served."),
  serveAddresses: z
    .boolean()
    .default(false)
    .describe(
      "Serve requests by the address of a web server or of a virtual IP as well as those by name. Default `false`.",
    ),
  unknownNames: z
    .enum([UnknownNames.Refuse, UnknownNames.Close])
    .default(UnknownNames.Refuse)
    .describe(
      "What a request for any other name gets: an answer 421 (`refuse`, default), or a closed connection (`close`).",
    ),
  tls: closed({
    certificate: z
      .string()
      .min(1, "is empty: write the path of a PEM file, or leave it out")
      .optional()
      .describe("Certificate chain: the path of a PEM file, relative to the project, or the PEM text itself."),
    issuedByBox: z
      .boolean()
      .default(false)
      .describe(
        "Whether the web servers' certificate is made here, signed by an authority of the box's own, which clients have to be " +
          "given (the stack's output `authority`); no key is set. Default `false`.",
      ),
  })
    .prefault({})
    .describe(
      "TLS at the edge. Without a certificate each host makes a self-signed one for trials. The key of a given one is a " +
        "secret: `pulumi config set --secret tlsPrivateKey`.",
    ),
  routes: named(name, route)
    .default({})
    .describe("The pool's own route table by route name. Services under `services` need no route here."),
})
  .optional()
  .describe("The pool of nginx web servers at the box's edge. Without this section the box has none.");
