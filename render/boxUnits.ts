/** Everything that a box puts on its hosts, without asking any of them. */
import type { Box, Host } from "../box/model.ts";
import { containerRuntimeAssembly } from "./containerRuntime/index.ts";
import { authorityOfBoxFiles, secretRegistryFiles, withPassword } from "./containerRuntime/registries.ts";
import { consulCertificateFiles, consulSecretFiles } from "./consul/index.ts";
import { consulPolicies, consulTokenFiles } from "./consulAccess/index.ts";
import { dockerRegistryAssembly, registryUserFiles } from "./dockerRegistry/index.ts";
import { gatewayAssembly, gatewayRouteFiles } from "./gateway/index.ts";
import { certificateFiles, glusterAssembly } from "./gluster/index.ts";
import { secretFile, secretNames } from "./monitoringServer/secretFiles.ts";
import { consul, consulAccess, registry } from "./registry.ts";
import { asksPassword, toolFiles, toolUserPlaces } from "./tools/index.ts";
import type { TreeFile } from "./treeFile.ts";
import { webserverAssembly, webserverKeyFile, webserverRouteFiles, webserverTlsFiles } from "./webserver/index.ts";

/** The files of one unit on one host. */
export interface BoxUnit {
  readonly host: string;
  /** The tree that they stand in, for example `gateway`. */
  readonly assembly: string;
  /** Whose they are in that tree, for example `protobox.pool`. */
  readonly unit: string;
  readonly files: readonly TreeFile[];
}

/** What stands in a certificate that `up` makes. */
export const certificateText = "[made by up]\n";

/** What stands in a file in place of a secret. */
export const secretText = "[secret]\n";

/**
 * Every unit of a box, as its program makes them: host by host, each assembly's own unit, then those of the services. Where
 * the program has a secret, `secretText` stands here.
 *
 * @param project the Pulumi project that the box's stack is of
 */
export function boxUnits(box: Box, project: string): readonly BoxUnit[] {
  return Object.values(box.hosts).flatMap((host) => [
    ...registry.assembliesOf(box, host).map((assembly) => ({
      host: host.name,
      assembly: assembly.name,
      unit: `${box.name}.pool`,
      files: [...assembly.files(box, host, registry), ...certificates(box, assembly.name)],
    })),
    ...tlsPair(box, host),
    ...registryLogins(box, host),
    ...ownRegistry(box, host, project),
    ...monitoringSecrets(box, host),
    ...toolUnits(box, host),
    ...consulSecrets(box, host),
    ...serviceUnits(box, host, project),
  ]);
}

/** What `SharedVolumes` adds to the files of GlusterFS' hosts, `ContainerRuntime` to those of containerd's, `ConsulCluster` to Consul's. */
function certificates({ containerRuntime }: Box, assembly: string): TreeFile[] {
  const paths = {
    [consul.name]: Object.values(consulCertificateFiles),
    [glusterAssembly.name]: Object.values(certificateFiles),
    [containerRuntimeAssembly.name]: containerRuntime === undefined ? [] : authorityOfBoxFiles(containerRuntime),
  };
  return (paths[assembly] ?? []).map((path) => ({ path, mode: "0644", text: certificateText }));
}

function tlsPair(box: Box, host: Host): BoxUnit[] {
  const { pool, issuedByBox, certificate = issuedByBox ? certificateText : undefined } = box.webservers ?? {};
  if (certificate === undefined || !isMember(box, pool, host)) return [];
  const files = [...webserverTlsFiles(certificate), { ...webserverKeyFile, text: secretText }];
  return [{ host: host.name, assembly: webserverAssembly.name, unit: `${box.name}.tls`, files }];
}

/** What holds passwords, with the place of each. */
function registryLogins(box: Box, host: Host): BoxUnit[] {
  const { containerRuntime } = box;
  const names = containerRuntime === undefined ? [] : withPassword(containerRuntime);
  if (containerRuntime === undefined || names.length === 0) return [];
  if (!containerRuntime.pools.some((pool) => isMember(box, pool, host))) return [];
  const files = secretRegistryFiles(containerRuntime, names.map((registry) => ({ registry, password: "-" }))); // prettier-ignore
  const hidden = files.map((file) => ({ ...file, text: secretText }));
  return [{ host: host.name, assembly: containerRuntimeAssembly.name, unit: `${box.name}.registries`, files: hidden }];
}

/** The registry's user, and its location on the web servers. */
function ownRegistry(box: Box, host: Host, project: string): BoxUnit[] {
  const { registry: own } = box;
  if (own === undefined) return [];
  const users = registryUserFiles(own, "-", "-").map((file) => ({ ...file, text: secretText }));
  const assembly = dockerRegistryAssembly.name;
  const serves = own.kind === "docker-registry" && isMember(box, own.pool, host);
  const files = webserverRouteFiles(own.route);
  const unit = `${project}.${box.name}.${own.route.name}`;
  return [
    ...(serves ? [{ host: host.name, assembly, unit: `${box.name}.users`, files: users }] : []),
    ...(isMember(box, box.webservers?.pool, host)
      ? [{ host: host.name, assembly: webserverAssembly.name, unit, files }]
      : []),
  ];
}

/** What the servers of monitoring send with, with the place of each. */
function monitoringSecrets(box: Box, host: Host): BoxUnit[] {
  const { monitoring } = box;
  if (monitoring === undefined || !isMember(box, monitoring.pool, host)) return [];
  return (["alertmanager", "prometheus"] as const).flatMap((assembly) => {
    const files = secretNames(monitoring, assembly).map((one) => ({ ...secretFile(one, "-"), text: secretText }));
    return files.length === 0 ? [] : [{ host: host.name, assembly, unit: `${box.name}.secrets`, files }];
  });
}

/** Consul's keys and tokens, with the place of each. */
function consulSecrets(box: Box, host: Host): BoxUnit[] {
  const unit = `${box.name}.secrets`;
  const none = { accessor: "-", secret: "-" };
  const own = (): readonly TreeFile[] => consulSecretFiles(box, host, { gossipKey: "-", management: "-", agent: "-", dns: "-" }); // prettier-ignore
  const tokens = (): readonly TreeFile[] => consulTokenFiles(consulPolicies(box, consul), "-", () => none);
  const assemblies = registry.assembliesOf(box, host);
  return [
    { assembly: consul, files: own },
    { assembly: consulAccess, files: tokens },
  ]
    .filter(({ assembly }) => assemblies.includes(assembly))
    .map(({ assembly, files }) => ({
      host: host.name,
      assembly: assembly.name,
      unit,
      files: files().map((file) => ({ ...file, text: secretText })),
    }));
}

/** The ways to the tools, and who is let in. */
function toolUnits(box: Box, host: Host): BoxUnit[] {
  if (box.tools === undefined || !isMember(box, box.webservers?.pool, host)) return [];
  const of = { host: host.name, assembly: webserverAssembly.name };
  const hidden = asksPassword(box) ? toolUserPlaces.map((place) => ({ ...place, text: secretText })) : [];
  return [
    ...(hidden.length > 0 ? [{ ...of, unit: `${box.name}.tools-users`, files: hidden }] : []),
    { ...of, unit: `${box.name}.tools`, files: toolFiles(box) },
  ];
}

function serviceUnits(box: Box, host: Host, project: string): BoxUnit[] {
  const isGateway = isMember(box, box.kubeGateways?.pool, host);
  const isWebserver = isMember(box, box.webservers?.pool, host);
  return box.services.flatMap(({ gateway, web }) => [
    ...(isGateway ? [routeUnit(gatewayAssembly.name, gateway.name, gatewayRouteFiles(box, host, gateway))] : []),
    ...(isWebserver && web ? [routeUnit(webserverAssembly.name, web.name, webserverRouteFiles(web))] : []),
  ]);

  function routeUnit(assembly: string, route: string, files: readonly TreeFile[]): BoxUnit {
    return { host: host.name, assembly, unit: `${project}.${box.name}.${route}`, files };
  }
}

function isMember(box: Box, pool: string | undefined, host: Host): boolean {
  return pool !== undefined && (box.pools[pool]?.members.includes(host.name) ?? false);
}
