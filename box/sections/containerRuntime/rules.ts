import { entriesOf, isOn, itemsOf, membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { keyOf, tableOf } from "./criKeys.ts";
import { serverHost, serverOf, urlFault } from "./urls.ts";

const section = "containerRuntime";

/** Each host is on the network of the cluster's nodes, and no pool is named twice. */
export function* runtimePools(draft: Draft): Generator<Violation> {
  const { pools, network } = draft.containerRuntime;
  const seen = new Set<string>();
  for (const [index, pool] of itemsOf(pools)) {
    const path = pathOf(section, "pools", index);
    if (seen.has(pool)) yield { path, message: `"${pool}" is named already: name it once` };
    else if (network !== undefined && draft.networks.has(network)) {
      const apart = membersOf(draft, pool).find((host) => !isOn(draft, host, network));
      if (apart !== undefined)
        yield { path, message: `${apart} of ${pool} is not on ${network}, the network of the cluster's nodes` };
    }
    seen.add(pool);
  }
}

/** Registries, their mirrors and the proxy are URLs with a scheme and without a password. */
export function* runtimeUrls(draft: Draft): Generator<Violation> {
  const { registries, proxy } = draft.containerRuntime;
  const example = "https://mirror.box:5000";
  for (const [name, { server, mirrors, username }] of entriesOf(registries)) {
    const path = pathOf(section, "registries", name);
    yield* fault(pathOf(path, "server"), server, example);
    if (server?.startsWith("http://") && username !== undefined) {
      const message = `"${server.slice(0, 60)}" is no TLS, and ${username}'s password would be read on the way: write https://`;
      yield { path: pathOf(path, "server"), message };
    }
    for (const [index, { url }] of itemsOf(mirrors)) yield* fault(pathOf(path, "mirrors", index, "url"), url, example);
  }
  for (const key of ["http", "https"] as const)
    yield* fault(pathOf(section, "proxy", key), proxy?.[key], "http://proxy.site:3128");
  if (proxy !== undefined && !refusedWithin(draft) && proxy.http === undefined && proxy.https === undefined)
    yield { path: pathOf(section, "proxy"), message: "names no proxy: write http or https, or leave it out" };
}

function refusedWithin(draft: Draft): boolean {
  return [...draft.refused].some((path) => path.startsWith(pathOf(section, "proxy")));
}

function* fault(path: string, url: string | undefined, example: string): Generator<Violation> {
  const message = url === undefined ? undefined : urlFault(url, example);
  if (message !== undefined) yield { path, message };
}

/** Names under which Docker Hub is asked; its images have another in front of theirs. */
const dockerHub = ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com"];

/**
 * A registry is known by what stands in front of an image's name, which is a host only with a dot or a port in it: `team/app` is
 * one of Docker Hub's. An entry under another name containerd would never read.
 */
export function* registryNames(draft: Draft): Generator<Violation> {
  for (const [name] of entriesOf(draft.containerRuntime.registries)) {
    const fault = registryNameFault(name);
    if (fault !== undefined && name !== "_default")
      yield { path: pathOf(section, "registries", name), message: `"${name}" ${fault}`, isKey: true };
  }
}

/** What keeps the name of a host from standing in front of an image's; undefined where nothing does. */
export function registryNameFault(name: string): string | undefined {
  if (dockerHub.includes(name)) return "is where Docker Hub answers, and its images begin with docker.io: write that";
  if (name !== "localhost" && !/[.:]/.test(name))
    return "is no registry in front of an image's name, but a user of Docker Hub's: a registry has a dot or a port in its name";
  const port = /:(\d+)$/.exec(name)?.[1];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    return "has no port: write one from 1 to 65535";
  return undefined;
}

/** A password goes to the one server that it is for. */
export function* loginsOfServers(draft: Draft): Generator<Violation> {
  const byHost = new Map<string, string>();
  for (const [name, { server, username, authentication }] of entriesOf(draft.containerRuntime.registries)) {
    const path = pathOf(section, "registries", name);
    if (username === undefined || draft.refused.has(pathOf(path, "server"))) continue;
    if (name === "_default" && server === undefined) {
      const message = `${username}'s password would be sent to every registry: name the registry, or write server`;
      yield { path: pathOf(path, "username"), message };
    }
    if (authentication !== "token") continue;
    if (name === "_default") {
      const message = "token is for one registry, of which containerd knows the host: name the registry";
      yield { path: pathOf(path, "authentication"), message };
      continue;
    }
    // containerd knows users of such registries by their hosts.
    const host = serverHost(serverOf(name, server))?.toLowerCase();
    if (host === undefined) continue;
    const other = byHost.get(host);
    byHost.set(host, other ?? name);
    if (other === undefined) continue;
    const message = `"${name}" is logged in to by token at ${host}, as ${pathOf(section, "registries", other)} is, and containerd has one user for a host: name one of them`;
    yield { path, message };
  }
}

/** Further settings are keys of containerd, and none that this section says itself. */
export function* runtimeSettings(draft: Draft): Generator<Violation> {
  for (const key of Object.keys(draft.containerRuntime.settings ?? {})) {
    const path = pathOf(section, "settings", key);
    const own = keyOf(key);
    const table = tableOf(key);
    if (!/^[a-z][a-z0-9_]*$/.test(key))
      yield {
        path,
        message: `"${key}" is no key of containerd's CRI plugin: write letters, digits and "_"`,
        isKey: true,
      };
    else if (own !== undefined)
      yield { path, message: `"${key}" is written as ${section}.${own}: write it there`, isKey: true };
    else if (table !== undefined) yield { path, message: `"${key}" ${table}`, isKey: true };
  }
}

/** What is sound and yet worth a word: a mirror without TLS, which may hand out any image for a tag. */
export function* plainMirrors(draft: Draft): Generator<Violation> {
  for (const [name, { mirrors }] of entriesOf(draft.containerRuntime.registries))
    for (const [index, { url, resolves }] of itemsOf(mirrors))
      if (url?.startsWith("http://") && resolves !== false)
        yield {
          path: pathOf(section, "registries", name, "mirrors", index, "url"),
          message: `${url} is no TLS: whoever is on the way decides which image a tag is; write https://, or resolves: false`,
        };
}
