/** The components of the Protobox, from a description in TypeScript. */
import * as pulumi from "@pulumi/pulumi";
import {
  BoxHosts,
  boxOutput,
  ControlPlaneLoadBalancer,
  defineBox,
  ExposedService,
  GatewayPool,
  HostFirewall,
  HostNetwork,
  NatGateway,
  NodeExporters,
  SharedVolumes,
  VirtualIps,
  WebserverPool,
} from "gatebox";
import { protobox } from "./box.ts";

const description = defineBox(protobox, { name: "protobox" });

const hosts = new BoxHosts("hosts", { box: description });
const networks = description.hostNetworks.pools.map(
  (pool) => new HostNetwork(`${pool}-network`, { box: description, pool }, { dependsOn: hosts }),
);
const firewall = new HostFirewall("firewall", { box: description }, { dependsOn: [hosts, ...networks] });
const ready = [hosts, ...networks, firewall];

new NodeExporters("node-exporters", { box: description }, { dependsOn: ready });
new SharedVolumes("shared-volumes", { box: description }, { dependsOn: ready });
const gateways = new GatewayPool("gateways", { box: description }, { dependsOn: ready });
const webservers = new WebserverPool("webservers", { box: description }, { dependsOn: ready });
const edge = [gateways, webservers];

const api = new ControlPlaneLoadBalancer("control-plane", { box: description }, { dependsOn: ready });

const egress = description.natGateways.map((entry) => new NatGateway(entry.name, entry, { dependsOn: ready }));

// A host may hold an address when it can do what the address is for, so what it is for comes first. Services are made through
// the API.
const addressesOf = (pool: string, dependsOn: pulumi.Resource[]): VirtualIps =>
  new VirtualIps(`${pool}-vips`, { box: description, pool }, { dependsOn });
const apiAddress = addressesOf("masters-pool", [...ready, ...egress, api]);
const services = description.services.map(
  (service) => new ExposedService(service.name, { box: description, service }, { dependsOn: [...edge, apiAddress] }),
);
for (const pool of ["webservers-pool", "kube-gateway-pool", "nat-gateway-pool"])
  addressesOf(pool, [...ready, ...edge, ...egress, ...services, api]);

/** For the stacks that expose services on it. */
export const box = boxOutput(description);
