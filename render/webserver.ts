/** The files of a web server, placed where the host's runtime and nginx look for them. */
import type { Box, Host, WebserverRoute } from "../box/model.ts";
import { nginxBase, nginxTlsPair } from "./nginx.ts";
import { nginxLocation, nginxLocationFile, nginxUpstream, nginxUpstreamFile } from "./nginxRoute.ts";
import { stalledScript, stalledService, stalledUnit } from "./stalled.ts";
import { nginxDropIn } from "./systemd.ts";
import type { TreeFile } from "./treeFile.ts";
import {
  webserverActivate,
  webserverCheck,
  webserverDeactivate,
  webserverLinks,
  webserverProbe,
} from "./webserverLifecycle.ts";
import { entry } from "./scalars.ts";

export { webserverHold, webserverPackages } from "./webserverLifecycle.ts";

/**
 * The base of the assembly `webserver` on one host, and the pool's own routes. It serves with the host's trial pair
 * until the pair that the box was given arrives (see `webserverTlsFiles`).
 *
 * @throws Error when the host has no address on the clients' network.
 * @example webserverFiles(box, host)
 */
export function webserverFiles(box: Box, host: Host): TreeFile[] {
  const { network, upstreamNetwork, serverNames, certificate, routes } = box.webservers;
  const serversCidr = entry(box.networks, upstreamNetwork, "networks of the box").cidr;
  const own6 = host.addresses6?.[network];
  const addresses = [
    entry(host.addresses, network, `addresses of ${host.name}`),
    ...(own6 === undefined ? [] : [own6]),
  ];
  const ipv6 = entry(box.networks, network, "networks of the box").ipv6 !== undefined;
  const base = nginxBase({ serverNames, tls: certificate === undefined ? "trial" : "given", ipv6 });
  return [
    { path: "nginx/nginx.conf", mode: "0644", text: base },
    { path: "scripts/stalled", mode: "0755", text: stalledScript("webserver", serversCidr) },
    { path: `systemd/${stalledUnit("webserver")}`, mode: "0644", text: stalledService("webserver") },
    { path: "systemd/nginx.conf", mode: "0644", text: nginxDropIn() },
    { path: "lifecycle/check", mode: "0755", text: webserverCheck({ serverNames, addresses }) },
    { path: "lifecycle/activate", mode: "0755", text: webserverActivate() },
    { path: "lifecycle/probe", mode: "0755", text: webserverProbe() },
    { path: "lifecycle/deactivate", mode: "0755", text: webserverDeactivate() },
    { path: "lifecycle/links", mode: "0644", text: webserverLinks },
    ...once(routes.flatMap(webserverRouteFiles)),
  ];
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
export function webserverTlsFiles(certificate: string): TreeFile[] {
  return [
    { path: "nginx/tls/pair.conf", mode: "0644", text: nginxTlsPair() },
    { path: "nginx/tls/certificate.pem", mode: "0644", text: certificate },
  ];
}

/** Where the key of the given certificate goes; its text is a secret and makes its unit one. */
export const webserverKeyFile = { path: "nginx/tls/key.pem", mode: "0600" } as const;

/** Locations may share a stream; its file is placed once. Two different streams of one name are a mistake. */
function once(files: readonly TreeFile[]): TreeFile[] {
  const byPath = new Map<string, TreeFile>();
  for (const file of files) {
    const other = byPath.get(file.path);
    if (other && other.text !== file.text) throw new Error(`${file.path} would have two different texts`);
    byPath.set(file.path, file);
  }
  return [...byPath.values()];
}
