/** The web servers at the edge: nginx with the box's locations. */
import { webPorts } from "../../box/ports.ts";
import { webserversOf } from "../../box/sectionOf.ts";
import type { Box, Host, VirtualIp, WebserverRoute } from "../../box/model.ts";
import { EffectKind, type Assembly, type OpenPort, type Tracking } from "../assembly.ts";
import { shownCertificate } from "../certificates/index.ts";
import { frozen, frozenFiles, frozenTold, frozenUnit } from "../frozen/index.ts";
import { nginxBase, nginxStatus, nginxTlsPair, trialTls } from "../nginx/base.ts";
import { nginxLocation, nginxLocationFile } from "../nginx/location.ts";
import { serverName } from "../nginx/servers.ts";
import { nginx, nginxDropIn, nginxLink } from "../nginx/service.ts";
import { spoolMount, spoolUnit } from "../nginx/spool.ts";
import { nginxUpstream, nginxUpstreamFile } from "../nginx/upstream.ts";
import { treeOf } from "../places.ts";
import { address, entry, familyOf, isAddress, networkInterface } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import { stalled, stalledFiles, stalledUnit } from "../stalled/index.ts";
import type { TreeFile } from "../treeFile.ts";
import { unusedAddress } from "../unusedAddress.ts";
import { usedInterfaces } from "../usedInterfaces.ts";

const assembly = "webserver";

// In the tree, where the box was given a pair.
const certificatePath = "nginx/tls/certificate.pem";

// What systemd reads, in its places.
const links = [
  nginxLink,
  `/etc/systemd/system/${spoolUnit} systemd/${spoolUnit}`,
  `/etc/systemd/system/${stalledUnit(assembly)} systemd/${stalledUnit(assembly)}`,
  `/etc/systemd/system/${frozenUnit(assembly)} systemd/${frozenUnit(assembly)}`,
];

/**
 * The web servers of a box.
 *
 * @see WebserverPool, WebserverRoute
 */
export const webserverAssembly: Assembly = {
  name: assembly,
  pools: ({ webservers }) => (webservers === undefined ? [] : [webservers.pool]),
  programs: [nginx, stalled, frozen],
  effects: [
    { unit: "nginx.service", does: EffectKind.Reload, files: ["nginx/"] },
    {
      unit: "nginx.service",
      does: EffectKind.Restart,
      files: ["systemd/nginx.conf"],
      serviceOf: "systemd/nginx.conf",
      noticed: "requests through this web server are cut off",
      givesUpVirtualIps: true,
    },
    { unit: "var-lib-nginx.mount", does: EffectKind.Reload, files: ["systemd/var-lib-nginx.mount"] },
    {
      unit: "gatebox-stalled-webserver.service",
      does: EffectKind.Restart,
      files: ["systemd/gatebox-stalled-webserver.service", "scripts/stalled", "scripts/stalled.settings"],
    },
    {
      unit: "gatebox-frozen-webserver.service",
      does: EffectKind.Restart,
      files: ["systemd/gatebox-frozen-webserver.service", "scripts/frozen", "scripts/frozen.settings"],
    },
  ],
  files: webserverFiles,
  ports: webserverPorts,
  clients: (box) => [{ network: webserversOf(box).network, ports: webPorts, reload: "nginx.service" }],
  localPorts: () => [{ port: nginxStatus.port, purpose: "nginx's status" }],
  serves: () => ({
    health: nginxStatus,
    routes: { kind: "nginx", upstreams: `${treeOf(assembly)}/nginx/upstreams` },
    shows: { address: "127.0.0.1", port: 443 },
  }),
  metricsSources: () => [
    shownCertificate([`${treeOf(assembly)}/${certificatePath}`, `${trialTls}/certificate.pem`]),
    frozenTold(assembly, "nginx"),
  ],
  tracking: webserverTracking,
};

/**
 * The base of the assembly on one host, and the pool's own routes. It serves with the host's trial pair
 * until the pair that the box was given arrives (see `webserverTlsFiles`).
 *
 * @throws Error when the host has no address on the clients' network.
 * @example webserverFiles(box, host)
 */
export function webserverFiles(box: Box, host: Host): TreeFile[] {
  const { network, upstreamNetwork, serverNames, serveAddresses, unknownNames, certificate, routes } =
    webserversOf(box);
  const serversNetwork = entry(box.networks, upstreamNetwork, "networks of the box").cidr;
  const own6 = host.addresses6?.[network];
  const addresses = [
    entry(host.addresses, network, `addresses of ${host.name}`),
    ...(own6 === undefined ? [] : [own6]),
  ];
  const ipv6 = entry(box.networks, network, "networks of the box").ipv6 !== undefined;
  const base = nginxBase({
    serverNames,
    unknownNames,
    addresses: serveAddresses ? [...addresses, ...virtualAddresses(box)] : [],
    tls: certificate === undefined ? "trial" : "given",
    limits: box.limits,
    ipv6,
  });
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  return [
    text("nginx/nginx.conf", base),
    ...stalledFiles({ assembly, process: "nginx", serversNetwork }),
    ...frozenFiles({ assembly, unit: "nginx.service", process: "nginx", health: nginxStatus, ports: webPorts }),
    text(`systemd/${spoolUnit}`, spoolMount(box.limits.spoolMb)),
    text("systemd/nginx.conf", nginxDropIn({ assembly, wants: [stalledUnit(assembly), frozenUnit(assembly)] })),
    // Its firewall rules are the host's.
    usedInterfaces([]),
    text("lifecycle/settings", `${trialSettings(serverNames, addresses)}${clientSettings(box, host)}`),
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text("lifecycle/links", `${links.join("\n")}\n`),
    ...once(routes.flatMap(webserverRouteFiles)),
  ];
}

/** `lifecycle/settings`: where clients come in, and an address that one may have, for the probe that looks for others' rules. */
function clientSettings(box: Box, host: Host): string {
  const { network } = webserversOf(box);
  return settings({
    clients_interface: networkInterface(
      entry(host.interfaces, network, `interfaces of ${host.name}`),
      "interface of the web server",
    ),
    clients_address: address(entry(host.addresses, network, `addresses of ${host.name}`), "address of the web server"),
    client: unusedAddress(box, network) ?? "",
  });
}

/** Where clients find whichever web server has them now. */
function virtualAddresses(box: Box): string[] {
  const { pool, network } = webserversOf(box);
  return Object.values(box.virtualIps)
    .filter((vip) => vip.pool === pool && vip.network === network)
    .map((vip) => vip.address);
}

/** One route on any web server: the upstream that it leads to, and its location. */
export function webserverRouteFiles(route: WebserverRoute): TreeFile[] {
  return [
    { path: nginxUpstreamFile(route.upstream), mode: "0644", text: nginxUpstream(route.upstream) },
    { path: nginxLocationFile(route.location), mode: "0644", text: nginxLocation(route) },
  ];
}

/**
 * The given certificate and what makes nginx use it. Together with the key (`webserverKeyFile`) these are one unit: a
 * new certificate and its new key are only valid together. Whether it or the base comes first does not matter.
 */
export function webserverTlsFiles<Text>(
  certificate: Text,
): readonly (Omit<TreeFile, "text"> & { readonly text: Text | string })[] {
  return [
    { path: "nginx/tls/pair.conf", mode: "0644", text: nginxTlsPair() },
    { path: certificatePath, mode: "0644", text: certificate },
  ];
}

/** What the certificate that the box issues is for: all under which clients ask, on whatever host. */
export function issuedNames(box: Box): readonly string[] {
  const { pool, network, serverNames, serveAddresses } = webserversOf(box);
  if (!serveAddresses) return serverNames;
  const hosts = entry(box.pools, pool, "pools of the box").members.map((name) =>
    entry(box.hosts, name, "hosts of the box"),
  );
  const own = hosts.flatMap(({ addresses, addresses6 }) => [addresses[network], addresses6?.[network]]);
  return [...serverNames, ...own.filter((one) => one !== undefined), ...virtualAddresses(box)];
}

/** Where the key of the given certificate goes; its text is a secret and makes its unit one. */
export const webserverKeyFile = { path: "nginx/tls/key.pem", mode: "0600" } as const;

/**
 * `lifecycle/settings`: what the trial certificate is for.
 *
 * @param serverNames that clients use
 * @param addresses that clients use
 */
export function trialSettings(serverNames: readonly string[], addresses: readonly string[]): string {
  const what = "addresses of the web server";
  const names = serverNames.map(serverName);
  const checked = addresses.map((one) => (familyOf(one, what) === 4 ? address(one, what) : one));
  const subject = names[0] ?? checked[0];
  if (subject === undefined)
    throw new Error("a trial certificate needs a name or an address in serverNames or addresses");
  const alternatives = [
    ...names.map((one) => `${isAddress(one) ? "IP" : "DNS"}:${one}`),
    ...checked.map((one) => `IP:${one}`),
  ];
  return settings({
    certificate_subject: subject,
    certificate_alternatives: [...new Set(alternatives)].join(","),
    // A name that is served, to ask the server for.
    probe_name: subject.replace(/^\*/, "probe"),
  });
}

/** Locations may share an upstream; its file is placed once. Two different upstreams of one name are a violation. */
function once(files: readonly TreeFile[]): TreeFile[] {
  const byPath = new Map<string, TreeFile>();
  for (const file of files) {
    const other = byPath.get(file.path);
    if (other && other.text !== file.text) throw new Error(`${file.path} would have two different texts`);
    byPath.set(file.path, file);
  }
  return [...byPath.values()];
}

function webserverPorts(box: Box): OpenPort[] {
  const { network } = webserversOf(box);
  return webPorts.map((port) => ({
    network,
    protocol: "tcp",
    port,
    untracked: true,
    everywhere: true,
    purpose: "the web servers",
    newConnectionsPerSecond: box.limits.clientNewConnectionsPerSecond,
  }));
}

// Those who ask a virtual IP on the clients' network find nginx there.
function webserverTracking(box: Box, _host: Host, vip: VirtualIp): Tracking | undefined {
  const webservers = webserversOf(box);
  if (vip.pool !== webservers.pool || vip.network !== webservers.network) return undefined;
  return { track: { kind: "daemon", process: "nginx", ...nginxStatus }, networks: [webservers.upstreamNetwork] };
}
