import { isOn, membersOf, type Draft } from "../../draft.ts";
import { declaredWebRoutes } from "../../routes.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { externalUrlOf } from "../gitlab/urls.ts";
import { registryLocation } from "../registry/place.ts";
import { declaredTools, isRunByBox, takenPlaces } from "./declared.ts";
import { signInUpstream, ToolAuth, toolPrograms, toolUpstream } from "./programs.ts";

const section = "tools";

/** Tools stand behind web servers. */
export function* behindWebservers(draft: Draft): Generator<Violation> {
  if (!draft.written.has(section) || draft.written.has("webservers")) return;
  const message = "are reached through web servers, and the box has none: write webservers, or leave them out";
  yield { path: section, message };
}

/** A tool's hosts are where web servers look for it, and where nothing keeps them out. */
export function* toolHosts(draft: Draft): Generator<Violation> {
  const { upstreamNetwork } = draft.webservers;
  const gateways = new Set(membersOf(draft, draft.kubeGateways.pool));
  for (const tool of declaredTools(draft)) {
    // The tool's own section is judged by its own rules, and the tool is to name the same hosts.
    if (isRunByBox(draft, tool.name)) continue;
    const path = pathOf(tool.path, "upstream", "pool");
    const says = draft.tools[tool.name]?.upstream;
    if (tool.pool === undefined) {
      const isMissing = says !== undefined && !("pool" in says) && !draft.written.has("monitoring");
      if (isMissing) yield { path, message: "is missing, and there is no pool of monitoring: write the pool whose hosts run it" }; // prettier-ignore
      continue;
    }
    const members = membersOf(draft, tool.pool);
    const apart = members.find((host) => !isOn(draft, host, upstreamNetwork));
    if (upstreamNetwork !== undefined && draft.networks.has(upstreamNetwork) && apart !== undefined)
      yield {
        path,
        message: `${apart} of ${tool.pool} is not on ${upstreamNetwork}, where the web servers look for it`,
      };
    const gateway = members.find((host) => gateways.has(host));
    if (gateway !== undefined)
      yield {
        path,
        message: `${gateway} of ${tool.pool} is a kube gateway, which lets nothing but routes in: write a pool of other hosts`,
      };
  }
}

/** Two tools of one host have two ports. */
export function* toolPorts(draft: Draft): Generator<Violation> {
  const holders = new Map<string, string>();
  for (const { path, hosts, port } of declaredTools(draft)) {
    if (port === undefined) continue;
    const shared = hosts.find((host) => holders.has(`${host} ${port}`));
    if (shared !== undefined) {
      const holder = holders.get(`${shared} ${port}`) ?? "";
      yield { path: pathOf(path, "upstream", "port"), message: `${port} of ${shared} is that of ${holder}: write the tool's own port` }; // prettier-ignore
    }
    for (const host of hosts) if (!holders.has(`${host} ${port}`)) holders.set(`${host} ${port}`, path);
  }
}

/** A tool without a log-in has one at the web servers, and who is to say who asks is there. */
export function* toolAuth(draft: Draft): Generator<Violation> {
  for (const { name, path, auth } of declaredTools(draft)) {
    const { title, hasLogIn } = toolPrograms[name];
    const at = pathOf(path, "auth");
    if (auth === ToolAuth.None && !hasLogIn)
      yield { path: at, message: `none would let everybody in, for ${title} asks nobody for a password: write password or oidc` }; // prettier-ignore
    if (auth === ToolAuth.Oidc && draft.tools.oidcProxy === undefined && !draft.refused.has("tools.oidcProxy"))
      yield { path: at, message: "oidc is said by a proxy, and there is none: write tools.oidcProxy, or password" };
  }
}

/**
 * Nobody else has a tool's place, nor one inside of it, which would be reached without the tool's log-in, nor one around it, whose
 * application could have the browser do there what it likes. The root alone may be around.
 */
export function* toolPlaces(draft: Draft): Generator<Violation> {
  const taken = takenPlaces(draft);
  for (const [index, one] of taken.entries()) {
    const other = taken.slice(0, index).find(({ place }) => overlap(place, one.place));
    if (other !== undefined)
      yield { path: one.path, message: `${one.place} ${relation(one.place, other.place)} ${other.holder} is: choose another path` }; // prettier-ignore
    for (const { place, holder } of placesOfOthers(draft))
      if (overlap(one.place, place))
        yield {
          path: one.path,
          message: `${one.place} ${relation(one.place, place)} ${holder} is: choose another path`,
        };
  }
  for (const { location, locationPath } of declaredWebRoutes(draft)) {
    const other =
      location === undefined || location === "/" ? undefined : taken.find(({ place }) => overlap(place, location));
    if (location === undefined || other === undefined) continue;
    const message = `${location} ${relation(location, other.place)} ${other.holder} is: choose another location`;
    yield { path: locationPath, message };
  }
}

/** What is on the web servers by sections of its own: the registry, and a GitLab to which no tool leads yet. */
function placesOfOthers(draft: Draft): { readonly place: string; readonly holder: string }[] {
  const registry = draft.written.has("registry") ? [{ place: registryLocation, holder: "the registry" }] : [];
  const path = externalUrlOf(draft.gitlab.externalUrl)?.path ?? "";
  const isElsewhere = path !== "" && draft.tools.gitlab === undefined;
  return [...registry, ...(isElsewhere ? [{ place: `${path}/`, holder: "GitLab (gitlab.externalUrl)" }] : [])];
}

/** Nobody else has a tool's name, by which its URL is told, or its upstream. */
export function* toolsByName(draft: Draft): Generator<Violation> {
  const tools = declaredTools(draft);
  const upstreams = new Set([
    ...tools.map(({ name }) => toolUpstream(name)),
    ...(tools.length > 0 ? [signInUpstream] : []),
  ]);
  for (const { name, path, paramsPath, upstream } of declaredWebRoutes(draft)) {
    const tool = tools.find((one) => one.name === name);
    if (tool !== undefined)
      yield { path, message: `"${name}" is the name of a tool (${tool.path}): choose another`, isKey: true };
    if (upstream !== undefined && upstreams.has(upstream)) {
      const at = paramsPath.replace(/params$/, "upstream");
      yield { path: at, message: `"${upstream}" is the name of a tool's own upstream: choose another` };
    }
  }
}

function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

function relation(one: string, other: string): string {
  if (one === other) return "is where";
  return one.startsWith(other) ? `is inside of ${other}, where` : `is around ${other}, where`;
}
