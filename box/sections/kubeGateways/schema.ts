import { closed } from "../../schema/closed.ts";
import { destination, listenAddress, mode } from "../../schema/destination.ts";
import { onePortSource, portSource } from "../../schema/portSource.ts";
import { named, referenceTo } from "../../schema/references.ts";
import { name, port } from "../../schema/scalars.ts";

const route = closed({ mode, address: listenAddress, ...portSource, destination }).meta(onePortSource);

/** Section `kubeGateways`: the HAProxy gateways in front of the cluster. */
export const schema = closed({
  pool: referenceTo("pools").describe(
    "Pool of the gateways. They are nodes of the cluster, whose kube-proxy is in its mode iptables or nftables (not ipvs).",
  ),
  network: referenceTo("networks").describe(
    "Network on which the web servers reach the gateways; only declared ports are open on it.",
  ),
  backendNetwork: referenceTo("networks").describe("Network of the cluster's nodes, behind the gateways."),
  metricsPort: port
    .default(8405)
    .describe("Port of HAProxy's metrics for Prometheus, on `backendNetwork`. Default 8405."),
  routes: named(name, route)
    .default({})
    .describe("The pool's own route table by route name. Services under `services` need no route here."),
})
  .optional()
  .describe(
    "The pool of HAProxy gateways: nothing passes from `network` to the cluster unless a route declares it. Without this section the box has none.",
  );
