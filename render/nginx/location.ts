/** The locations of nginx: what of a URL leads to which upstream, and how. */
import { headerKey, honestNames, isSetByEdge } from "../../box/clientClaims.ts";
import type { WebserverRoute } from "../../box/model.ts";
import { originWideHeaders } from "../../box/nginxVocabulary.ts";
import { secondsOf } from "../../box/nginxTime.ts";
import { name } from "../scalars.ts";
import { linesOf, variableName, wordsOf, type Line } from "./params.ts";
import { passedPath } from "./passedPath.ts";

/**
 * What every proxied request says of itself. What a client says about that has been cleared before (see `nginxBase`). nginx
 * inherits `proxy_set_header` only into locations that have none, so each location gets all.
 */
const proxyHeaders: readonly (readonly [header: string, value: string])[] = [
  ["Host", "$host"],
  ["X-Real-IP", "$remote_addr"],
  ["X-Forwarded-For", "$remote_addr"],
  ["X-Forwarded-Host", "$host"],
  ["X-Forwarded-Port", "$server_port"],
  ["X-Forwarded-Proto", "$scheme"],
];

// Cleared with their families, and put back.
const honestHeaders = honestNames.map((name) => [name, `$client_${variableName(name)}`] as const);

/** Directives of a location that passes WebSocket upgrades on; both stay open as long as HAProxy's `timeout tunnel`. */
const websocketDirectives: readonly Line[] = [
  { directive: "proxy_read_timeout", value: "1h" },
  { directive: "proxy_send_timeout", value: "1h" },
];

// What nginx adds to each answer by default is lost in a location that adds a header of its own, so it is said again.
const answerHeaders: readonly Line[] = [
  "X-Content-Type-Options $edge_content_type_options always",
  "X-Frame-Options $edge_frame_options always",
  "Referrer-Policy $edge_referrer_policy always",
  "Strict-Transport-Security $edge_strict_transport always",
].map((value) => ({ directive: "add_header", value }));

/** Headers of nginx's own that an application could send itself to another's location with, among others. */
export const ignoredHeaders = "X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset";

/** Seconds that nginx waits longer than HAProxy: so it is HAProxy that says which server was silent, and no gateway is blamed. */
export const patience = 5;

/**
 * The file of a location inside the tree. Two locations never share one (a slash is `__`, an underscore `_-`), and none
 * begins with a dot, which nginx's `include` would pass over.
 * @example nginxLocationFile("/grafana/api/live/") // "nginx/locations/grafana__api__live.conf"
 */
export function nginxLocationFile(location: string): string {
  const slug = checkedLocation(location).slice(1, -1).replaceAll("_", "_-").replaceAll("/", "__");
  return `nginx/locations/${slug === "" || slug.startsWith(".") ? "__" : ""}${slug}.conf`;
}

function checkedLocation(location: string): string {
  if (/^\/(?:[A-Za-z0-9._-]+\/)*$/.test(location)) return location;
  throw new Error(
    `location ${JSON.stringify(location)}: begins and ends with a slash, with letters, digits, . _ - between`,
  );
}

/**
 * The `location` of one route, and a redirect to it from the same path without its last slash.
 *
 * The documents' `params` become directives as they stand; what they do not say is filled in:
 * - no `proxy_pass`: `proxy_pass http://UPSTREAM/`. With that slash the application sees paths without the location's
 *   prefix (`/argocd/login` arrives as `/login`); give `proxy_pass http://UPSTREAM` to keep the prefix. What stands behind the
 *   prefix reaches the application byte for byte (see `passedPath`).
 * - `proxy_set_header` adds to the edge's own headers or overrides one of them. The documents'
 *   `$proxy_add_x_forwarded_for` would append to what the client sent; at the edge nobody in front is trusted, so it
 *   becomes `$remote_addr`, which is what it yields when a client sends nothing. Claims of the client are refused.
 * - a WebSocket route gets the upgrade headers and an hour of patience. The documents' way to say so, `Upgrade` under
 *   `proxy_set_header`, passes WebSockets only as well.
 * - cookies are confined to the location, unless `proxy_cookie_path` says otherwise.
 * - `proxy_read_timeout` is what HAProxy keeps to; nginx waits a little longer.
 *
 * @throws Error if a parameter would break out of its directive or leads to another upstream.
 * @example nginxLocation({ name: "argocd", location: "/argocd/", params: [], upstream, websocket: false, passHeaders: [] })
 */
export function nginxLocation(route: WebserverRoute): string {
  const location = checkedLocation(route.location);
  const given = route.params.flatMap((param) => linesOf(param, `route ${route.name}`));
  const path = passedPath(location, name(route.upstream.name, "upstream"), given, `route ${route.name}`);
  const lines = [...path.lines, ...kept(route), ...directivesOf(route, path.rest), ...headerLines(route, given)];
  const withoutSlash =
    location === "/" ? "" : `location = ${location.slice(0, -1)} {\n    return 308 ${location}$is_args$args;\n}\n\n`;
  const body = [...path.guard, ...lines.map(({ directive, value }) => `${directive} ${value};`)];
  return `${withoutSlash}location ${location} {\n${body.map((line) => `    ${line}\n`).join("")}}\n`;
}

/** What a client may claim here is taken down before all claims are cleared. */
function kept(route: WebserverRoute): Line[] {
  return route.passHeaders.map((header) => {
    const variable = variableOf(header, route.name);
    return { directive: "set", value: `$client_${variable} $http_${variable}` };
  });
}

function variableOf(header: string, route: string): string {
  if (!/^[A-Za-z0-9-]+$/.test(header) || isSetByEdge(header)) {
    throw new Error(`route ${route}: ${JSON.stringify(header)} is not a header that a route may pass`);
  }
  return variableName(header);
}

function directivesOf(route: WebserverRoute, given: readonly Line[]): Line[] {
  const has = (directive: string): boolean => given.some((line) => line.directive === directive);
  const lines = given.filter(({ directive }) => directive !== "proxy_set_header").map(longer);
  for (const line of passesWebsocket(route, given) ? websocketDirectives : [])
    if (!has(line.directive)) lines.push(line);
  if (!has("proxy_cookie_path") && route.location !== "/") lines.push(...confinedCookies(route.location));
  // nginx inherits each of these only into locations that have none.
  if (has("add_header")) lines.push(...answerHeaders);
  if (has("proxy_hide_header"))
    lines.push(...originWideHeaders.map((value) => ({ directive: "proxy_hide_header", value })));
  return lines.map((line) =>
    line.directive === "proxy_ignore_headers" ? { ...line, value: `${line.value} ${ignoredHeaders}` } : line,
  );
}

function longer(line: Line): Line {
  const seconds = line.directive === "proxy_read_timeout" ? secondsOf(line.value) : undefined;
  return seconds === undefined ? line : { ...line, value: `${seconds + patience}s` };
}

function confinedCookies(location: string): Line[] {
  const own = location.slice(0, -1).replaceAll(".", "\\.");
  return [
    { directive: "proxy_cookie_path", value: `"~^(${own}(?:/.*)?)$" $1` },
    { directive: "proxy_cookie_path", value: `"~^" ${location}` },
  ];
}

function passesWebsocket(route: WebserverRoute, given: readonly Line[]): boolean {
  return route.websocket || given.some((line) => headerOf(line) === "upgrade");
}

function headerOf({ directive, value }: Line): string | undefined {
  return directive === "proxy_set_header" ? headerKey(wordsOf(value)[0] ?? "") : undefined;
}

function headerLines(route: WebserverRoute, given: readonly Line[]): Line[] {
  const upgrade = passesWebsocket(route, given)
    ? ([
        ["Upgrade", "$edge_upgrade"],
        ["Connection", "$connection_upgrade"],
      ] as const)
    : ([["Connection", ""]] as const);
  const passed = route.passHeaders.map((header) => [header, `$client_${variableOf(header, route.name)}`] as const);
  const headers = new Map<string, readonly [header: string, value: string]>();
  for (const [header, value] of [...proxyHeaders, ...honestHeaders, ...passed])
    headers.set(headerKey(header), [header, value]);
  for (const line of given) {
    const key = headerOf(line);
    const [header = "", ...rest] = wordsOf(line.value);
    if (key !== undefined) headers.set(key, [header, rest.join(" ")]);
  }
  // Whatever a route says of these, only the protocol that is declared passes.
  for (const [header, value] of upgrade) headers.set(headerKey(header), [header, value]);
  return [...headers.values()].map(([header, value]) => ({
    directive: "proxy_set_header",
    value: `${header} ${value === "" ? '""' : value}`,
  }));
}
