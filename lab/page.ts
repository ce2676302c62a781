/** The page that `npm start` ends with: what serves where, as a client on the public network sees it. */
import type { ClusterSide } from "./clusterSide.ts";
import { exec } from "./hosts/exec.ts";
import type { SeenImage } from "./registry/index.ts";
import type { LabStack } from "./stack.ts";
import type { Lab } from "./state.ts";
import { stackOutputs, toolsAmong, type SeenTool } from "./tools.ts";
import { WEBSERVERS } from "./webservers.ts";

/** What one request of the client found. */
export interface Seen {
  readonly service: string;
  readonly url: string;
  readonly webserver: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Name of the app that answered, and of its pod; empty when it was none of the lab's pods. */
  readonly app: string;
  readonly pod: string;
}

export { WEBSERVERS };

/** Seconds for one request: a pod that has to be asked twice answers within two. */
const REQUEST_SECONDS = 10;

/**
 * One request from the client's machine to a URL, through the web server given. The certificate of a trial is self-signed,
 * so it is not checked here.
 */
export async function ask(lab: Lab, url: string, webserver: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(url);
  const resolve = `${hostname}:${port === "" ? 443 : port}:${WEBSERVERS[webserver] ?? webserver}`;
  const script = `curl -sk -m ${REQUEST_SECONDS} --resolve '${resolve}' -w '\\n%{http_code}' '${url}'`;
  const { stdout } = await exec(lab, "client", script, { timeoutSeconds: REQUEST_SECONDS + 5 });
  const cut = stdout.lastIndexOf("\n");
  return { status: Number(stdout.slice(cut + 1)), body: stdout.slice(0, Math.max(cut, 0)) };
}

/** Asks for every URL through every web server. */
export async function lookAround(lab: Lab, urls: Readonly<Record<string, string>>): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for (const [service, url] of Object.entries(urls)) {
    for (const webserver of Object.keys(WEBSERVERS)) {
      const { status, body } = await ask(lab, url, webserver);
      seen.push({ service, url, webserver, status, ...answerer(body) });
    }
  }
  return seen;
}

function answerer(body: string): { app: string; pod: string } {
  try {
    const { app = "", pod = "" } = JSON.parse(body) as { app?: string; pod?: string };
    return { app, pod };
  } catch {
    return { app: "", pod: "" };
  }
}

/** Whether each service answered with a pod of its own, through each web server. */
export function allServe(seen: readonly Seen[]): boolean {
  return seen.length > 0 && seen.every(({ status, app, service }) => status === 200 && app === service);
}

/** The URLs of the services that a stack exports; those of its tools are `stackTools`'. */
export async function stackUrls(stack: LabStack): Promise<Readonly<Record<string, string>>> {
  const outputs = await stackOutputs(stack);
  const { urls } = outputs as { readonly urls?: Readonly<Record<string, string>> };
  if (urls === undefined) throw new Error(`stack ${stack.name} exports no urls`);
  const tools = toolsAmong(outputs);
  return Object.fromEntries(Object.entries(urls).filter(([name]) => !tools.includes(name)));
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}

/** The tables of the cluster's side. */
export function clusterTables({ api, nodes, volumes, image }: ClusterSide): string {
  const nodeRows = nodes.map(({ name, ready, version }) => [name, ready ? "Ready" : "NotReady", version]);
  const volumeRows = volumes.map(({ name, place, hosts, readBy }) => [
    name,
    place,
    readBy.length === hosts.length ? `the same file on ${hosts.join(", ")}` : missing(hosts, readBy),
  ]);
  return `The cluster, asked at https://${api}

${nodes.length === 0 ? "  no answer" : table([["NODE", "STATUS", "VERSION"], ...nodeRows])}
${volumes.length === 0 ? "" : `\nShared volumes, a file written on one host and read on all\n\n${table([["VOLUME", "PLACE", "READ"], ...volumeRows])}\n`}${image === undefined ? "" : imageTable(image)}`;
}

function imageTable({ image, pod, node, answer, trouble }: SeenImage): string {
  const row = [image, pod, node, trouble === "" ? `pod ${answer}` : `NOT STARTED: ${trouble}`];
  return `\nThe box's own registry: an image pushed just now, and fetched by a node with its password\n\n${table([["IMAGE", "POD", "ON", "ANSWERED BY"], row])}\n`;
}

/** The table of the tools; empty where there are none. */
export function toolTable(seen: readonly SeenTool[]): string {
  if (seen.length === 0) return "";
  const status = (one: number): string => (one === 0 ? "no answer" : String(one));
  const rows = seen.map(({ tool, url, webserver, stranger, operator }) => [
    tool,
    url,
    webserver,
    status(stranger),
    status(operator),
  ]);
  return `
Tools, asked by a stranger and by an operator (npm run lab -- pulumi stack output toolsPassword --show-secrets)

${table([["TOOL", "ADDRESS", "THROUGH", "STRANGER", "OPERATOR"], ...rows])}
`;
}

function missing(hosts: readonly string[], readBy: readonly string[]): string {
  return `not on ${hosts.filter((host) => !readBy.includes(host)).join(", ")}`;
}

/** The page itself. */
export function page(lab: Lab, seen: readonly Seen[], tools: readonly SeenTool[], cluster: ClusterSide): string {
  const option = lab.name === "protobox" ? "" : `--name ${lab.name} `;
  const rows = seen.map(({ service, url, webserver, status, app, pod }) => [
    service,
    url,
    `${webserver} ${WEBSERVERS[webserver] ?? ""}`,
    status === 0 ? "no answer" : String(status),
    app === "" ? "–" : `pod ${pod}`,
  ]);
  return `
What serves where, asked from the client's machine just now

${table([["SERVICE", "ADDRESS", "THROUGH", "STATUS", "ANSWERED BY"], ...rows])}
${toolTable(tools)}
${clusterTables(cluster)}
Look
  npm run lab -- ${option}status                      hosts and addresses
  npm run lab -- ${option}exec client curl -sk https://192.168.0.30/argocd/
  npm run lab -- ${option}exec gateway-1 journalctl -u haproxy -n 20
  npm run lab -- ${option}operator kubectl get pods -A
  npm run lab -- ${option}ssh gateway-1

Change
  edit Pulumi.protobox.yaml (for example, remove a service), then
  npm run lab -- ${option}pulumi preview --diff       what would change
  npm run lab -- ${option}pulumi up --yes             change it

Take it all away
  npm run lab -- ${option}down
`;
}
