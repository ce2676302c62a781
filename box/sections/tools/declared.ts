import { isOn, membersOf, type Draft } from "../../draft.ts";
import { pathOf } from "../../violations.ts";
import { serversOf } from "../consul/places.ts";
import { ToolAuth, toolNames, toolPrograms, type ToolName } from "./programs.ts";

/** A tool as it is declared; undefined is what could not be read. */
export interface DeclaredTool {
  readonly name: ToolName;
  /** Where it stands in the stack file. */
  readonly path: string;
  /** Its path on the web servers. */
  readonly place: string | undefined;
  readonly pool: string | undefined;
  /** The hosts that run it, as far as they are known. */
  readonly hosts: readonly string[];
  readonly port: number | undefined;
  readonly auth: ToolAuth | undefined;
}

/** A place on the web servers that is taken because of the section, and what takes it. */
export interface TakenPlace {
  readonly place: string;
  /** What is there, for messages: `Prometheus (tools.prometheus)`. */
  readonly holder: string;
  /** Where the stack file says so. */
  readonly path: string;
}

/** The tools that a stack file has, with what follows for those that do not say it. */
export function declaredTools(draft: Draft): DeclaredTool[] {
  const { tools } = draft;
  return toolNames.flatMap((name) => {
    const written = tools[name];
    if (written === undefined) return [];
    const { path: place, upstream } = written;
    const path = pathOf("tools", name);
    const usual = usualUpstream(draft, name);
    const ownPool = upstream !== undefined && "pool" in upstream;
    const pool = ownPool ? upstream.pool : usual.pool;
    const isRefused = upstream === undefined || draft.refused.has(pathOf(path, "upstream", "port"));
    const port = upstream?.port ?? (isRefused ? undefined : usual.port);
    const hosts = name === "consul" && isRunByBox(draft, name) ? consulHosts(draft) : membersOf(draft, pool);
    const auth = "auth" in written ? written.auth : usualAuth(name, tools.oidcProxy !== undefined);
    return [{ name, path, place, pool, hosts, port, auth }];
  });
}

/** Whether a tool is one that the box runs by a section of the tool's own, which says where. */
export function isRunByBox(draft: Draft, name: ToolName): boolean {
  return (name === "gitlab" || name === "consul") && draft.written.has(name);
}

/** Where a tool runs that does not say it. Consul's servers are of several pools. */
function usualUpstream(
  draft: Draft,
  name: ToolName,
): { readonly pool?: string | undefined; readonly port?: number | undefined } {
  if (name === "gitlab" && isRunByBox(draft, name)) return draft.gitlab;
  const { port } = toolPrograms[name];
  return isRunByBox(draft, name) ? { port } : { pool: draft.monitoring.pool, port };
}

/** Consul's servers, where web servers can ask them: a kube gateway lets nothing but routes in. */
export function consulHosts(draft: Draft): readonly string[] {
  const { upstreamNetwork } = draft.webservers;
  const gateways = new Set(membersOf(draft, draft.kubeGateways.pool));
  return serversOf(draft).filter((host) => isOn(draft, host, upstreamNetwork) && !gateways.has(host));
}

/** Who asks for a log-in where a tool does not say it. */
function usualAuth(name: ToolName, hasOidcProxy: boolean): ToolAuth {
  if (toolPrograms[name].hasLogIn) return ToolAuth.None;
  return hasOidcProxy ? ToolAuth.Oidc : ToolAuth.Password;
}

/** Every place that the section takes: each tool's path, what it needs beside it, and that of the OIDC proxy. */
export function takenPlaces(draft: Draft): TakenPlace[] {
  const ofTools = declaredTools(draft).flatMap(({ name, path, place }) => {
    const { title, alsoAt } = toolPrograms[name];
    const own = { holder: `${title} (${path})`, path: pathOf(path, "path") };
    const further = alsoAt.map((other) => ({ ...own, place: other, path, holder: `the API of ${own.holder}` }));
    return place === undefined ? further : [{ ...own, place }, ...further];
  });
  const proxy = draft.tools.oidcProxy?.path;
  const at = pathOf("tools", "oidcProxy", "path");
  return proxy === undefined
    ? ofTools
    : [...ofTools, { place: proxy, holder: "the OIDC proxy (tools.oidcProxy)", path: at }];
}
