import { isAddress } from "../../ipv4.ts";
import { isOn, itemsOf, membersOf, type Draft } from "../../draft.ts";
import { declaredWebRoutes } from "../../routes.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { registryLocation } from "../registry/place.ts";
import { externalUrlFault, externalUrlOf, isServed, type ExternalUrl } from "./urls.ts";

const section = "gitlab";

/** It has web servers in front of it. */
export function* behindWebservers(draft: Draft): Generator<Violation> {
  if (draft.written.has(section) && !draft.written.has("webservers"))
    yield {
      path: section,
      message: "is reached through web servers, and the box has none: write webservers, or leave it out",
    };
}

/** It runs on one host, where web servers find it and nothing keeps them out. */
export function* gitlabHost(draft: Draft): Generator<Violation> {
  const { pool, network } = draft.gitlab;
  const path = pathOf(section, "pool");
  const members = membersOf(draft, pool);
  if (members.length > 1)
    yield {
      path,
      message:
        `${pool ?? ""} has ${members.length} hosts, and GitLab's package is all of GitLab, with a database of its own: ` +
        "two of them would be two GitLabs; write a pool of one",
    };
  const gateways = new Set(membersOf(draft, draft.kubeGateways.pool));
  const gateway = members.find((host) => gateways.has(host));
  if (gateway !== undefined)
    yield {
      path,
      message: `${gateway} of ${pool ?? ""} is a kube gateway, which lets nothing but routes in: write a pool of another host`,
    };
  if (network === undefined || !draft.networks.has(network)) return;
  const apart = members.find((host) => !isOn(draft, host, network));
  if (apart !== undefined)
    yield { path: pathOf(section, "network"), message: `${apart} of ${pool ?? ""} is not on ${network}` };
  const server = membersOf(draft, draft.webservers.pool).find((host) => !isOn(draft, host, network));
  if (server !== undefined)
    yield {
      path: pathOf(section, "network"),
      message: `the web server ${server} is not on ${network}, and would not find GitLab there`,
    };
}

/** The URLs of it that are written, with their places. */
function urlsOf({ gitlab: { externalUrl, pages } }: Draft): [path: string, url: string][] {
  const all: [string, string | undefined][] = [
    [pathOf(section, "externalUrl"), externalUrl],
    [pathOf(section, "pages", "externalUrl"), pages?.externalUrl],
  ];
  return all.flatMap(([path, url]) => (url === undefined ? [] : [[path, url]]));
}

/** URLs are URLs, and no more. */
export function* gitlabUrls(draft: Draft): Generator<Violation> {
  for (const [path, url] of urlsOf(draft)) {
    const message = externalUrlFault(url);
    if (message !== undefined) yield { path, message };
  }
}

/** Web servers answer under the names that are given out. */
export function* servedNames(draft: Draft): Generator<Violation> {
  const { serverNames, serveAddresses } = draft.webservers;
  if (serverNames === undefined || serverNames.length === 0 || serverNames.includes(undefined)) return;
  const names = itemsOf(serverNames).map(([, name]) => name);
  for (const [path, url] of urlsOf(draft)) {
    const host = externalUrlOf(url)?.host;
    if (host === undefined) continue;
    if (isAddress(host)) {
      // Sites have names, which is told by itself.
      if (serveAddresses === false && url === draft.gitlab.externalUrl)
        yield { path, message: `"${host}" is an address, and web servers serve names alone: write a name of theirs, or webservers.serveAddresses: true` }; // prettier-ignore
    } else if (!isServed(host, names))
      yield { path, message: `"${host}" is not among webservers.serverNames: add it there` };
  }
  const pages = externalUrlOf(draft.gitlab.pages?.externalUrl)?.host;
  if (pages !== undefined && !isAddress(pages) && isServed(pages, names) && !names.includes(`*.${pages}`))
    yield {
      path: pathOf(section, "pages", "externalUrl"),
      message: `each site has a name below "${pages}", and "*.${pages}" is not among webservers.serverNames: add it there`,
    };
}

/** Nobody else has locations where GitLab is. */
export function* subPathFree(draft: Draft): Generator<Violation> {
  const url = externalUrlOf(draft.gitlab.externalUrl);
  if (url === undefined) return;
  const own = `${url.path}/`;
  // Of a tool's place that is told by the tools' rules, where the other one stands.
  if (draft.tools.gitlab?.path === own) return;
  if (draft.written.has("registry") && own !== "/" && own.startsWith(registryLocation))
    yield {
      path: pathOf(section, "externalUrl"),
      message: `${own} is the registry's (${registryLocation}): choose another sub-path`,
    };
  const taken = declaredWebRoutes(draft).filter(({ location }) => location?.startsWith(own) === true);
  for (const { name, location, locationPath } of taken)
    yield {
      path: pathOf(section, "externalUrl"),
      message: `${own} is GitLab's, and ${location ?? ""} of "${name}" (${locationPath}) is in it: choose another sub-path`,
    };
}

/** Sites of others run scripts: on GitLab's own name these would act as whoever looks at them. */
export function* pagesApart(draft: Draft): Generator<Violation> {
  const [own, pages] = [draft.gitlab.externalUrl, draft.gitlab.pages?.externalUrl].map(externalUrlOf);
  const path = pathOf(section, "pages", "externalUrl");
  if (pages !== undefined && pages.path !== "")
    yield {
      path,
      message: `has the sub-path ${pages.path}, and sites have names instead: write ${withoutPath(pages)}`,
    };
  if (pages !== undefined && isAddress(pages.host))
    yield { path, message: `${pages.host} is an address, and each site has a name below that of Pages: write a name` };
  if (own === undefined || pages === undefined || own.host !== pages.host) return;
  yield {
    path,
    message: `${pages.host} is GitLab's own host, where scripts of sites could do all that its users may: write a name of its own, pages.${pages.host} for example`,
  };
}

function withoutPath({ text, path }: ExternalUrl): string {
  return text.slice(0, text.length - path.length);
}

/** There is one registry, and section `registry` says which, and where. */
export function* oneRegistry(draft: Draft): Generator<Violation> {
  const { registry: runs, pool } = draft.gitlab;
  const { kind, pool: registryPool } = draft.registry;
  const path = pathOf(section, "registry");
  if (runs === false && kind === "gitlab" && pool !== undefined && registryPool === pool)
    yield {
      path,
      message: `is false, and web servers lead to a registry of GitLab's on ${pool} (registry.kind: gitlab): write true`,
    };
  if (runs !== true) return;
  if (!draft.written.has("registry"))
    yield { path, message: "is true, and the box has no registry: write the section registry, with kind: gitlab" };
  else if (kind === "docker-registry")
    yield {
      path,
      message: "is true, and registry.kind is docker-registry, which is another one: write kind: gitlab there",
    };
  else if (kind === "gitlab" && pool !== undefined && registryPool !== undefined && pool !== registryPool)
    yield {
      path: pathOf("registry", "pool"),
      message: `"${registryPool}" is not where GitLab runs, and so its registry: write ${pool}`,
    };
}

/** A user has a way that others cannot listen to. */
export function* smtpLogin({ gitlab: { smtp } }: Draft): Generator<Violation> {
  if (smtp?.encryption === "none" && smtp.username !== undefined)
    yield {
      path: pathOf(section, "smtp", "encryption"),
      message: `none would send ${smtp.username}'s password in plain: write starttls or tls, or leave username out`,
    };
}

/** Jobs run where there are no keys of the box's, and no other container runtime: that takes no Docker beside it. */
export function* runnerHosts(draft: Draft): Generator<Violation> {
  const hosts = membersOf(draft, draft.gitlab.runners?.pool);
  const path = pathOf(section, "runners", "pool");
  const servers = new Set(membersOf(draft, draft.webservers.pool));
  const server = hosts.find((host) => servers.has(host));
  if (server !== undefined)
    yield {
      path,
      message: `${server} is a web server, and jobs of users would run beside the keys of the box's certificate: write another pool`,
    };
  const runtimePools = itemsOf(draft.containerRuntime.pools).map(([, pool]) => pool);
  const withRuntime = new Set(runtimePools.flatMap((pool) => membersOf(draft, pool)));
  const node = hosts.find((host) => withRuntime.has(host));
  if (node !== undefined)
    yield {
      path,
      message: `${node} runs containers of the cluster (containerRuntime.pools), whose containerd takes no Docker beside it: write a pool of other hosts`,
    };
}
