/** The locations of nginx: what of a URL leads to which upstream, and how. */
import type { LocationParam, WebserverRoute } from "../../box/model.ts";
import { clientsClaim, directiveValueFault, readDirectiveValue } from "../../box/nginxVocabulary.ts";
import { name } from "../scalars.ts";

/**
 * The headers that every proxied request carries, and what the edge puts into them. Nothing that a client says about
 * who it is or where it comes from passes: each such header is either set here or cleared (an empty value makes nginx
 * leave it out). nginx inherits `proxy_set_header` only into locations that have none, so each location gets all.
 */
const proxyHeaders: readonly (readonly [header: string, value: string])[] = [
  ["Host", "$host"],
  ["X-Real-IP", "$remote_addr"],
  ["X-Forwarded-For", "$remote_addr"],
  ["X-Forwarded-Host", "$host"],
  ["X-Forwarded-Port", "$server_port"],
  ["X-Forwarded-Proto", "$scheme"],
  ["X-Forwarded-Prefix", ""],
  ["X-Forwarded-Server", ""],
  ["X-Forwarded-User", ""],
  ["X-Forwarded-Ssl", ""],
  ["Forwarded", ""],
  ["X-Client-IP", ""],
  ["True-Client-IP", ""],
  ["X-Original-URL", ""],
  ["X-Rewrite-URL", ""],
  ["Proxy", ""],
];

/** Directives of a location that passes WebSocket upgrades on; both stay open as long as HAProxy's `timeout tunnel`. */
const websocketDirectives: readonly (readonly [directive: string, value: string])[] = [
  ["proxy_read_timeout", "1h"],
  ["proxy_send_timeout", "1h"],
];

// What nginx adds to each answer by default is lost in a location that adds a header of its own, so it is said again.
const answerHeaders: readonly (readonly [header: string, value: string])[] = [
  ["X-Content-Type-Options", "$edge_content_type_options always"],
  ["X-Frame-Options", "$edge_frame_options always"],
  ["Referrer-Policy", "$edge_referrer_policy always"],
  ["Strict-Transport-Security", "$edge_strict_transport always"],
];

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
 *   prefix (`/argocd/login` arrives as `/login`); give `proxy_pass http://UPSTREAM` to keep the prefix.
 * - `proxy_set_header` adds to the edge's own headers or overrides one of them. The documents'
 *   `$proxy_add_x_forwarded_for` would append to what the client sent; at the edge nobody in front is trusted, so it
 *   becomes `$remote_addr`, which is what it yields when a client sends nothing. Other `$http_x_forwarded_*` are refused.
 * - a WebSocket route gets the upgrade headers and an hour of patience.
 *
 * @throws Error if a parameter would break out of its directive or leads to another upstream.
 * @example nginxLocation({ name: "argocd", location: "/argocd/", params: [], upstream, websocket: false })
 */
export function nginxLocation(route: WebserverRoute): string {
  const where = `route ${route.name}`;
  const location = checkedLocation(route.location);
  const directives = directivesOf(route, where);
  const withoutSlash =
    location === "/" ? "" : `location = ${location.slice(0, -1)} {\n    return 308 ${location}$is_args$args;\n}\n\n`;
  return `${withoutSlash}location ${location} {\n${directives.map((one) => `    ${one};\n`).join("")}}\n`;
}

interface Line {
  readonly directive: string;
  readonly value: string;
}

function directivesOf(route: WebserverRoute, where: string): string[] {
  const given = route.params.flatMap((param) => linesOf(param, where));
  const has = (directive: string): boolean => given.some((line) => line.directive === directive);
  const upstream = name(route.upstream.name, "upstream");
  const lines: Line[] = has("proxy_pass") ? [] : [{ directive: "proxy_pass", value: `http://${upstream}/` }];
  for (const line of given) {
    if (line.directive === "proxy_pass") assertOwnUpstream(line.value, upstream, where);
    if (line.directive !== "proxy_set_header") lines.push(line);
  }
  for (const [directive, value] of route.websocket ? websocketDirectives : []) {
    if (!has(directive)) lines.push({ directive, value });
  }
  if (has("add_header")) {
    for (const [header, value] of answerHeaders) lines.push({ directive: "add_header", value: `${header} ${value}` });
  }
  return [...lines.map((line) => `${line.directive} ${line.value}`), ...headerLines(route, given)];
}

function headerLines(route: WebserverRoute, given: readonly Line[]): string[] {
  const upgrade = route.websocket
    ? ([
        ["Upgrade", "$http_upgrade"],
        ["Connection", "$connection_upgrade"],
      ] as const)
    : ([["Connection", ""]] as const);
  const headers = new Map<string, readonly [header: string, value: string]>();
  for (const [header, value] of [...proxyHeaders, ...upgrade]) {
    headers.set(header.toLowerCase(), [header, value === "" ? '""' : value]);
  }
  for (const line of given) {
    if (line.directive !== "proxy_set_header") continue;
    const [header = "", ...rest] = wordsOf(line.value);
    headers.set(header.toLowerCase(), [header, rest.join(" ")]);
  }
  return [...headers.values()].map(([header, value]) => `proxy_set_header ${header} ${value}`);
}

function linesOf(param: LocationParam, where: string): Line[] {
  const { directive } = param;
  if (!/^[a-z][a-z0-9_]*$/.test(directive) || directive === "location" || directive === "include") {
    throw new Error(`${where}: ${JSON.stringify(directive)} is not a directive that a location may have`);
  }
  if (param.type === "single") return [{ directive, value: checkedValue(param.value, `${where}, ${directive}`) }];
  return Object.entries(param.values).map(([key, value]) => {
    const what = `${where}, ${directive} ${key}`;
    if (!/^[^\s;{}"'#\\]+$/.test(key)) throw new Error(`${what}: ${JSON.stringify(key)} is not one word`);
    return { directive, value: `${key} ${checkedValue(asOneWord(value), what)}` };
  });
}

/** An entry's value is one word to nginx; blanks and the like inside it need quotes unless it brings its own. */
function asOneWord(value: string): string {
  if (wordsOf(value).length === 1) return value;
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

function wordsOf(value: string): readonly string[] {
  const read = readDirectiveValue(value);
  return "words" in read ? read.words : [];
}

function checkedValue(value: string, what: string): string {
  const fault = directiveValueFault(value);
  if (fault !== undefined) {
    throw new Error(`${what}: ${JSON.stringify(value)} would not stay inside its directive: ${fault}`);
  }
  const claim = clientsClaim.exec(value)?.[0];
  if (claim !== undefined) {
    throw new Error(`${what}: ${claim} is whatever the client sent and is not trusted at the edge; leave it out`);
  }
  const edgeAddress = (word: string): string =>
    word.replace(/\$(?:proxy_add_x_forwarded_for\b|\{proxy_add_x_forwarded_for\})/g, () => "$remote_addr");
  return wordsOf(value).map(edgeAddress).join(" ");
}

function assertOwnUpstream(value: string, upstream: string, where: string): void {
  const target = /^https?:\/\/([^/:$\s]+)(?:\/\S*)?$/.exec(value)?.[1];
  if (target !== upstream) {
    throw new Error(
      `${where}: proxy_pass ${JSON.stringify(value)} does not lead to the route's upstream "${upstream}"`,
    );
  }
}
