import * as pulumi from "@pulumi/pulumi";
import {
  BoxHosts,
  boxOutput,
  ExposedService,
  GatewayPool,
  HostFirewall,
  HostNetwork,
  NatGateway,
  NodeExporters,
  stackBox,
  VirtualIps,
  WebserverPool,
} from "./components/index.ts";

const { box: description } = stackBox();

const hosts = new BoxHosts("hosts", { box: description });
const networks = description.hostNetworks.pools.map(
  (pool) => new HostNetwork(`${pool}-network`, { box: description, pool }, { dependsOn: hosts }),
);
const firewall = new HostFirewall("firewall", { box: description }, { dependsOn: [hosts, ...networks] });
const ready = [hosts, ...networks, firewall];
if (description.monitoring) new NodeExporters("node-exporters", { box: description }, { dependsOn: ready });
const gateways =
  description.kubeGateways && new GatewayPool("gateways", description.kubeGateways, { dependsOn: ready });
const webservers =
  description.webservers && new WebserverPool("webservers", description.webservers, { dependsOn: ready });
const edge = [gateways, webservers].filter((pool) => pool !== undefined);

// A host may hold an address when it can do what the address is for, so what it is for comes first.
const egress = description.natGateways.map((entry) => new NatGateway(entry.name, entry, { dependsOn: ready }));
const services = description.services.map((service) => {
  const args = { box: description, service };
  return { name: service.name, exposed: new ExposedService(service.name, args, { dependsOn: edge }) };
});
for (const pool of new Set(Object.values(description.virtualIps).map(({ pool }) => pool))) {
  const dependsOn = [...ready, ...edge, ...egress, ...services.map(({ exposed }) => exposed)];
  new VirtualIps(`${pool}-vips`, { box: description, pool }, { dependsOn });
}

/** The box as it is written: what another stack needs to expose services of its own on it (`readBox`). */
export const box = boxOutput(description);

/** Where a person finds each service. */
export const urls = pulumi
  .all([
    webservers?.urls ?? {},
    pulumi.all(Object.fromEntries(services.map(({ name, exposed }) => [name, exposed.url] as const))),
  ])
  .apply(([own, exposed]) => ({ ...own, ...exposed }));
