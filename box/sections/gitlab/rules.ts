import { isOn, itemsOf, membersOf, type Draft } from "../../draft.ts";
import { declaredWebRoutes } from "../../routes.ts";
import { pathOf, type Violation } from "../../violations.ts";
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
  const { serverNames } = draft.webservers;
  if (serverNames === undefined || serverNames.length === 0 || serverNames.includes(undefined)) return;
  const names = itemsOf(serverNames).map(([, name]) => name);
  for (const [path, url] of urlsOf(draft)) {
    const host = externalUrlOf(url)?.host;
    if (host !== undefined && !isServed(host, names))
      yield { path, message: `"${host}" is not among webservers.serverNames: add it there` };
  }
  const pages = externalUrlOf(draft.gitlab.pages?.externalUrl)?.host;
  if (pages !== undefined && isServed(pages, names) && !names.includes(`*.${pages}`))
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

/** Jobs reach GitLab, by the way that everybody goes; where they run there is no other container runtime to be disturbed. */
export function* runnerHosts(draft: Draft): Generator<Violation> {
  const { runners } = draft.gitlab;
  const servers = new Set(membersOf(draft, draft.webservers.pool));
  const server = membersOf(draft, runners?.pool).find((host) => servers.has(host));
  if (server !== undefined)
    yield {
      path: pathOf(section, "runners", "pool"),
      message: `${server} is a web server, and jobs of users would run beside the keys of the box's certificate: write another pool`,
    };
}
