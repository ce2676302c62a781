import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ExposedService, GatewayPool, WebserverPool, defineBox } from "../../../../components/index.ts";

/** A box of two hosts with every option that Pulumi has for components. */
const config = new pulumi.Config();
const hostKey = config.require("hostKey");
const box = defineBox({
  networks: {
    "public-network": "192.168.0.0/24",
    "gateway-network": "192.168.1.0/24",
    "box-network": "192.168.2.0/24",
  },
  connection: { network: "gateway-network" },
  hosts: {
    "web-1": { hostKey, addresses: { "public-network": "192.168.0.1", "gateway-network": "192.168.1.1" } },
    "gateway-1": { hostKey, addresses: { "gateway-network": "192.168.1.2", "box-network": "192.168.2.2" } },
  },
  pools: { web: ["web-1"], gateways: ["gateway-1"] },
  kubeGateways: { pool: "gateways", network: "gateway-network", backendNetwork: "box-network" },
  webservers: { pool: "web", network: "public-network", upstreamNetwork: "gateway-network" },
});

const cluster = new k8s.Provider("cluster", { kubeconfig: "{}", clusterIdentifier: "options" });
const gateways = new GatewayPool("gateways", { box }, { protect: true });
const webservers = new WebserverPool("web", { box }, { dependsOn: pulumi.output(Promise.resolve([gateways])) });
const retained = ({ props, opts }: pulumi.ResourceTransformArgs) => ({
  props,
  opts: { ...opts, retainOnDelete: true },
});

/** Where the wiki is found. */
export const url = new ExposedService(
  "wiki",
  { box, app: { port: 30170, namespace: pulumi.output("wiki") } },
  { dependsOn: [webservers], providers: [cluster], transforms: [retained], aliases: [{ name: "handbook" }] },
).url;
