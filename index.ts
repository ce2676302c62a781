import * as pulumi from "@pulumi/pulumi";
import { writtenBox } from "./box/index.ts";
import {
  BoxHosts,
  ExposedService,
  GatewayPool,
  HostFirewall,
  HostNetwork,
  NatGateways,
  NodeExporters,
  stackBox,
  VirtualIps,
  WebserverPool,
} from "./components/index.ts";

const { box: description, tlsPrivateKey } = stackBox();
for (const warning of description.warnings) await pulumi.log.warn(warning);

const hosts = new BoxHosts("hosts", { box: description });
const networks = description.hostNetworks.pools.map(
  (pool) => new HostNetwork(`${pool}-network`, { box: description, pool }, { dependsOn: hosts }),
);
const firewall = new HostFirewall("firewall", { box: description }, { dependsOn: [hosts, ...networks] });
const ready = [hosts, ...networks, firewall];
new NodeExporters("node-exporters", { box: description }, { dependsOn: ready });
const gateways = new GatewayPool("gateways", { box: description }, { dependsOn: ready });
const webservers = new WebserverPool("webservers", { box: description, tlsPrivateKey }, { dependsOn: ready });

// A host may hold an address when it can do what the address is for, so what it is for comes first.
const natPools = [...new Set(description.natGateways.map(({ pool }) => pool))];
const natGateways = natPools.map(
  (pool) => new NatGateways(`${pool}-nat`, { box: description, pool }, { dependsOn: ready }),
);
const services = description.services.map((service) => {
  const args = { box: description, service };
  return { name: service.name, exposed: new ExposedService(service.name, args, { dependsOn: [gateways, webservers] }) };
});
for (const pool of new Set(Object.values(description.virtualIps).map(({ pool }) => pool))) {
  const dependsOn = [...ready, gateways, webservers, ...natGateways, ...services.map(({ exposed }) => exposed)];
  new VirtualIps(`${pool}-vips`, { box: description, pool }, { dependsOn });
}

/** The box as it is written: what another stack needs to expose services of its own on it (`readBox`). */
export const box = writtenBox(description);

/** Where a person finds each service. */
export const urls = Object.fromEntries([
  ...webservers.urls,
  ...services.map(({ name, exposed }) => [name, exposed.url] as const),
]);
