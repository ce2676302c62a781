/** The components of the Protobox, from a description in TypeScript. */
import * as pulumi from "@pulumi/pulumi";
import {
  BoxDns,
  BoxHosts,
  boxOutput,
  ConsulCluster,
  ContainerRuntime,
  ControlPlaneLoadBalancer,
  defineBox,
  ExposedService,
  GatewayPool,
  HostFirewall,
  HostMetrics,
  HostNetwork,
  Monitoring,
  NatGateway,
  NodeExporters,
  Registry,
  SharedVolumes,
  Tools,
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

const exporters = new NodeExporters("node-exporters", { box: description }, { dependsOn: ready });
// Hosts know the names of the box from then on.
const names = new BoxDns("dns", { box: description }, { dependsOn: ready });
const consul = new ConsulCluster("consul", { box: description }, { dependsOn: ready });
const volumes = new SharedVolumes("shared-volumes", { box: description }, { dependsOn: ready });
const gateways = new GatewayPool("gateways", { box: description }, { dependsOn: ready });
const webservers = new WebserverPool("webservers", { box: description }, { dependsOn: ready });
const edge = [gateways, webservers];
new HostMetrics("host-metrics", { box: description }, { dependsOn: [exporters, ...edge] });
// Its images are kept on one of the volumes.
const registry = new Registry("registry", { box: description }, { dependsOn: [...ready, ...edge, volumes] });
const tools = new Tools("tools", { box: description }, { dependsOn: [...ready, ...edge] });

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
const addresses = ["webservers-pool", "kube-gateway-pool", "nat-gateway-pool"].map((pool) =>
  addressesOf(pool, [...ready, ...edge, ...egress, ...services, api]),
);

// It asks the registry whether it is let in, and comes to it through the box's addresses.
const reachable = [...ready, names, ...edge, registry, apiAddress, ...addresses];
new ContainerRuntime("container-runtime", { box: description }, { dependsOn: reachable });

// Of a box that is being built nobody wants to be told that it does not work yet.
const watched = [...ready, ...edge, ...egress, volumes, apiAddress, ...addresses, exporters, consul];
new Monitoring("monitoring", { box: description }, { dependsOn: watched });

/** For the stacks that expose services on it. */
export const box = boxOutput(description);

/** For clients of the web servers: the authority that has signed their certificate. */
export const authority = webservers.authority;

/** A token to look at Consul's services and nodes with. */
export const consulToken = consul.uiToken;

/** Whom the web servers let in to the tools, and with which password. */
export const toolsUsername = tools.username;
export const toolsPassword = tools.password;
