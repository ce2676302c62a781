import { z } from "zod";
import { closed } from "./closed.ts";
import { destination, listenAddress, mode } from "./destination.ts";
import { onePortSource, portSource } from "./portSource.ts";
import { name, port, reference } from "./scalars.ts";

const route = closed({ mode, address: listenAddress, ...portSource, destination }).superRefine(onePortSource);

/** Section `kubeGateways`: the HAProxy gateways in front of the cluster. */
export const kubeGateways = closed({
  pool: reference.describe("Pool of the gateways. They are nodes of the cluster."),
  network: reference.describe(
    "Network on which the web servers reach the gateways; only declared ports are open on it.",
  ),
  backendNetwork: reference.describe("Network of the cluster's nodes, behind the gateways."),
  metricsPort: port
    .default(8405)
    .describe("Port of HAProxy's metrics for Prometheus, on `backendNetwork`. Default 8405."),
  routes: z
    .record(name, route)
    .default({})
    .describe("The pool's own route table by route name. Services under `services` need no route here."),
}).describe("The pool of HAProxy gateways: nothing passes from `network` to the cluster unless a route declares it.");
