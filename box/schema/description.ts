import { z } from "zod";
import type { Box } from "../model.ts";
import { haproxyOptionNames } from "../haproxyVocabulary.ts";
import { locationDirectives } from "../nginxVocabulary.ts";
import { GatewayMode, Protocol } from "../model.ts";
import { address, address6, addressOfAnyFamily, cidr, port, prefix6 } from "./scalars.ts";

// The model as data: what another stack's output must be to be used as a box. Whether it is consistent has been checked
// when it was made. Keys that are not known here are let pass: a newer Gatebox may describe more.

const text = z.string();
const texts = z.record(text, text);

const endpoint = z.object({ address, port, user: text, hostKey: text });

const host = z.object({
  name: text,
  addresses: z.record(text, address),
  addresses6: z.record(text, address6).exactOptional(),
  interfaces: texts,
  macAddresses: texts.exactOptional(),
  defaultGateway: address.exactOptional(),
  connection: endpoint.extend({ bastion: endpoint.exactOptional() }).exactOptional(),
});

const app = z.object({
  name: text,
  port,
  namespace: text,
  selector: texts,
  targetPort: z.union([port, text]),
  servicePort: port,
});

const members = z.array(z.object({ name: text, address, port })).min(1, "has no servers");

const gatewayRoute = z.object({
  name: text,
  mode: z.enum(GatewayMode),
  address: text,
  port,
  destination: z.object({
    members,
    balance: text,
    options: z.array(z.enum(haproxyOptionNames)),
    check: z.object({ path: text.exactOptional(), intervalMs: z.number(), fall: z.number(), rise: z.number() }),
  }),
});

const directive = z.enum(locationDirectives);

const webserverRoute = z.object({
  name: text,
  location: text,
  params: z.array(
    z.discriminatedUnion("type", [
      z.object({ type: z.literal("single"), directive, value: text }),
      z.object({ type: z.literal("repeat"), directive, values: texts }),
    ]),
  ),
  upstream: z.object({ name: text, members }),
  websocket: z.boolean(),
});

const virtualIp = z.object({
  name: text,
  pool: text,
  network: text,
  address: addressOfAnyFamily,
  prefixLength: z.number(),
  virtualRouterId: z.number(),
  priorities: z.record(text, z.number()),
  preempt: z.boolean(),
  advertIntervalMs: z.number(),
  syncGroup: text.exactOptional(),
});

const natGateway = z.object({
  name: text,
  pool: text,
  input: text,
  output: text,
  snatAddress: z.object({ address, virtualIp: text.exactOptional() }),
  openPorts: z.array(z.object({ network: text, protocol: z.enum(Protocol), port })),
  conntrackMax: z.number(),
});

/** A whole `Box`, as a stack exports it. */
export const description = z.object({
  name: text,
  networks: z.record(text, z.object({ name: text, cidr, ipv6: prefix6.exactOptional() })),
  hosts: z.record(text, host),
  pools: z.record(text, z.object({ name: text, members: z.array(text) })),
  apps: z.record(text, app),
  kubeGateways: z.object({
    pool: text,
    network: text,
    backendNetwork: text,
    metricsPort: port,
    routes: z.array(gatewayRoute),
  }),
  webservers: z.object({
    pool: text,
    network: text,
    upstreamNetwork: text,
    serverNames: z.array(text),
    certificate: text.exactOptional(),
    routes: z.array(webserverRoute),
  }),
  services: z.array(z.object({ name: text, app, gateway: gatewayRoute, web: webserverRoute })),
  // Descriptions of stacks from before there were these go on working.
  virtualIps: z.record(text, virtualIp).default({}),
  natGateways: z.array(natGateway).default([]),
  hostNetworks: z
    .object({ pools: z.array(text), nameservers: z.array(text), replaces: z.array(text) })
    .default({ pools: [], nameservers: [], replaces: [] }),
  warnings: z.array(text).default([]),
}) satisfies z.ZodType<Box>;

/** A box that has been read from another stack's output. */
export type Description = z.infer<typeof description>;
