import * as pulumi from "@pulumi/pulumi";
import {
  BoxDns,
  BoxHosts,
  boxOutput,
  ConsulCluster,
  ContainerRuntime,
  ControlPlaneLoadBalancer,
  ExposedService,
  GatewayPool,
  GitLab,
  Grafana,
  HostFirewall,
  HostMetrics,
  HostNetwork,
  Monitoring,
  NatGateway,
  NodeExporters,
  Registry,
  SharedVolumes,
  stackBox,
  Tools,
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
const exporters =
  description.monitoring && new NodeExporters("node-exporters", { box: description }, { dependsOn: ready });
// Hosts know the names of the box from then on.
const names = description.dns ? [new BoxDns("dns", description.dns, { dependsOn: ready })] : [];
const consul = description.consul && new ConsulCluster("consul", description.consul, { dependsOn: ready });
const volumes =
  Object.keys(description.sharedVolumes).length > 0
    ? [new SharedVolumes("shared-volumes", { box: description }, { dependsOn: ready })]
    : [];
const gateways =
  description.kubeGateways && new GatewayPool("gateways", description.kubeGateways, { dependsOn: ready });
const webservers =
  description.webservers && new WebserverPool("webservers", description.webservers, { dependsOn: ready });
const edge = [gateways, webservers].filter((pool) => pool !== undefined);
if (exporters) new HostMetrics("host-metrics", { box: description }, { dependsOn: [exporters, ...edge] });

// Its images may be kept on one of the volumes.
const registry =
  description.registry &&
  new Registry("registry", description.registry, { dependsOn: [...ready, ...edge, ...volumes] });

const tools = description.tools && new Tools("tools", description.tools, { dependsOn: [...ready, ...edge] });

const api =
  description.controlPlane &&
  new ControlPlaneLoadBalancer("control-plane", description.controlPlane, { dependsOn: ready });

// A host may hold an address when it can do what the address is for, so what it is for comes first.
const egress = description.natGateways.map((entry) => new NatGateway(entry.name, entry, { dependsOn: ready }));
const addressesOf = (pool: string, dependsOn: pulumi.Resource[]): VirtualIps =>
  new VirtualIps(`${pool}-vips`, { box: description, pool }, { dependsOn });
// Services are made through the API, so its address comes first, unless those of the services are the same hosts'.
const apiPool = [description.kubeGateways?.pool, description.webservers?.pool].includes(description.controlPlane?.pool)
  ? undefined
  : description.controlPlane?.pool;
const apiAddresses =
  api === undefined || apiPool === undefined ? [] : [addressesOf(apiPool, [...ready, ...egress, api])];
const services = description.services.map((service) => {
  const args = { box: description, service };
  const dependsOn = [...edge, ...apiAddresses];
  return { name: service.name, exposed: new ExposedService(service.name, args, { dependsOn }) };
});
const otherPools = new Set(Object.values(description.virtualIps).map(({ pool }) => pool));
if (apiPool !== undefined) otherPools.delete(apiPool);
const served = [...ready, ...edge, ...egress, ...services.map(({ exposed }) => exposed), ...(api ? [api] : [])];
const otherAddresses = [...otherPools].map((pool) => addressesOf(pool, served));

// Of a box that is being built nobody wants to be told that it does not work yet, so what tells of faults comes when it should.
const watched = [
  ...ready,
  ...edge,
  ...egress,
  ...volumes,
  ...apiAddresses,
  ...otherAddresses,
  ...(exporters ? [exporters] : []),
  ...(consul ? [consul] : []),
];
const monitoring =
  (description.monitoring?.prometheus ?? description.monitoring?.alertmanager) &&
  new Monitoring("monitoring", description.monitoring, { dependsOn: watched });
// It shows what Prometheus knows, which is there by then.
const grafana =
  description.grafana &&
  new Grafana("grafana", description.grafana, { dependsOn: [...ready, ...(monitoring ? [monitoring] : [])] });

// Its data is on one of the volumes, and jobs come to it through the box's addresses and the way of the tools.
const wayToGitLab = [...(tools ? [tools] : []), ...otherAddresses];
const gitlab =
  description.gitlab &&
  new GitLab("gitlab", description.gitlab, { dependsOn: [...ready, ...names, ...edge, ...volumes, ...wayToGitLab] });

if (description.containerRuntime) {
  const { containerRuntime, controlPlane, pools } = description;
  const masters = controlPlane?.masters.map(({ name }) => name) ?? [];
  const runsMasters = containerRuntime.pools.some((pool) =>
    pools[pool]?.members.some((member) => masters.includes(member)),
  );
  // It asks registries whether it is let in, and comes to them through the box's addresses. Where it runs the masters there is
  // no API before it, and so none of what waits for services.
  const addresses = runsMasters ? apiAddresses : [...apiAddresses, ...otherAddresses];
  const registries = [registry, description.gitlab?.registry && gitlab].filter((one) => one !== undefined);
  const dependsOn = [...ready, ...names, ...edge, ...registries, ...addresses];
  new ContainerRuntime("container-runtime", containerRuntime, { dependsOn });
}

/** The password of GitLab's first user, root, a secret. Only where the box has a GitLab. */
export const gitlabRootPassword = gitlab?.rootPassword;

/** The box as it is written: what another stack needs to expose services of its own on it (`readBox`). */
export const box = boxOutput(description);

/** Certificate of the authority that has signed the web servers', in PEM: for their clients. Only where the box issues it. */
export const authority = webservers?.authority;

/** A token to look at Consul's services and nodes with: a secret. */
export const consulToken = consul?.uiToken;

/** Whom the web servers let in to tools without a log-in of their own, and with which password, a secret. */
export const toolsUsername = tools?.username;
export const toolsPassword = tools?.password;

/** Who logs in to Grafana, and with which password, a secret. */
export const grafanaUsername = grafana?.username;
export const grafanaPassword = grafana?.password;

/** Where a person finds each service, and each tool. */
export const urls = pulumi
  .all([
    webservers?.urls ?? {},
    tools?.urls ?? {},
    gitlab ? { gitlab: gitlab.url } : {},
    pulumi.all(Object.fromEntries(services.map(({ name, exposed }) => [name, exposed.url] as const))),
  ])
  .apply(([own, ofTools, ofGitLab, exposed]) => ({ ...own, ...ofTools, ...ofGitLab, ...exposed }));
