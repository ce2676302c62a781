/** One declared route through HAProxy, as a configuration file of its own. */
import { claimRules, upgradeRules } from "./claims.ts";
import { requestLine } from "./base.ts";
import { balanceMode, haproxyOptions, type HaproxyOption } from "../../box/haproxyVocabulary.ts";
import type { Box, GatewayRoute, HealthCheck, Member } from "../../box/model.ts";
import { address, endpoint, name, port, wholeNumber } from "../scalars.ts";

export interface HaproxyRouteOptions {
  /** The gateway's own address on the gateway network; what `*` in a route stands for. */
  readonly address: string;
  /** Virtual IPs of the gateways on that network; `*` stands for them as well. @default [] */
  readonly virtualAddresses?: readonly string[];
  /** Addresses of the web servers on the gateway network. */
  readonly webservers: readonly string[];
  readonly limits: Box["limits"];
}

// Balance algorithms that choose by a hash of something.
const balanceByHash = /^(?:source|uri|url_param|hdr)/;

/** The name that a route has inside HAProxy: in its log, its metrics and its command line. The port keeps it unique. */
export function haproxyRouteName(route: Pick<GatewayRoute, "name" | "port">): string {
  return `${name(route.name, "route")}-${port(route.port, `route ${route.name}`)}`;
}

/** The file of a route inside the tree. One port is one file, which is how two routes are kept from one port. */
export function haproxyRouteFile(portNumber: number): string {
  return `haproxy/routes/${port(portNumber, "route")}.cfg`;
}

/**
 * The frontend and the backend of one route.
 *
 * A gateway without any living server of a route closes the connection instead of answering 503: to the web server
 * that is a failed gateway, and it asks the next one. An answer of 503 by the application itself passes unchanged. (A
 * process that a reload has replaced counts no server any more; it still serves what it has.)
 *
 * HAProxy listens on virtual IPs whether or not this gateway has them now (`transparent`), so whoever comes to hold one
 * answers at once.
 *
 * @throws Error for what the model never lets through: names or addresses that would break out of the file's grammar,
 * an option unknown or unfit for the mode, no members.
 * A route that lets WebSockets or claims through has all rules for headers itself, others have those of the base: HAProxy does
 * what stands in `defaults` first. Its application may be silent for as long as its locations say, a little less than the web
 * servers wait.
 *
 * @example haproxyRoute(route, { address: "192.168.2.11", virtualAddresses: ["192.168.2.10"], webservers, limits: box.limits })
 */
export function haproxyRoute(route: GatewayRoute, options: HaproxyRouteOptions): string {
  const where = `route ${route.name}`;
  const proxy = haproxyRouteName(route);
  const http = route.mode === "http";
  const rules = ownRules(route, options);
  const defaults = rules.length > 0 ? "gatebox-http-requests" : "gatebox-http-frontend";
  const lines = [
    `frontend ${proxy} from ${http ? defaults : "gatebox-tcp"}`,
    ...bindLines(route, options),
    ...frontendLog(route, options),
    ...optionLines(route, "frontend", options),
    ...rules.map((rule) => `    ${rule}`),
    ...(http ? [`    http-request reject if { nbsrv(${proxy}) eq 0 } !{ stopping }`] : []),
    `    default_backend ${proxy}`,
    "",
    `backend ${proxy} from ${http ? "gatebox-http-backend" : "gatebox-tcp"}`,
    ...balanceLines(route),
    ...optionLines(route, "backend", options),
    ...(http && route.answerSeconds !== undefined
      ? [`    timeout server ${wholeNumber(route.answerSeconds, 1, `${where}, answerSeconds`)}s`]
      : []),
    ...checkLines(route.destination.check, route),
    ...serverLines(route.destination.members, where),
  ];
  return `${lines.join("\n")}\n`;
}

function bindLines(route: GatewayRoute, { address, virtualAddresses = [] }: HaproxyRouteOptions): string[] {
  const at = (one: string): string => endpoint(one, route.port, `route ${route.name}`);
  if (route.address !== "*") return [`    bind ${at(route.address)}`];
  return [`    bind ${at(address)}`, ...virtualAddresses.map((one) => `    bind ${at(one)} transparent`)];
}

function ownRules(route: GatewayRoute, { webservers }: HaproxyRouteOptions): string[] {
  if (route.mode !== "http" || (!route.websocket && route.passHeaders.length === 0)) return [];
  return [...claimRules(webservers, route.passHeaders), ...upgradeRules(route.websocket)];
}

// In TCP mode the base names no log format of its own, because `option tcplog` in it would be the only choice. HAProxy's own
// `httplog` has the query; here it is the same line without.
function frontendLog(route: GatewayRoute, { limits }: HaproxyRouteOptions): string[] {
  const { options } = route.destination;
  if (route.mode === "tcp") return options.includes("tcplog") ? [] : ["    option tcplog"];
  if (!options.includes("httplog") || limits.logQueries) return [];
  const format = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs";
  return [`    log-format "${format} ${requestLine(limits)}"`];
}

const options: ReadonlyMap<string, HaproxyOption> = new Map(Object.entries(haproxyOptions));

function optionLines(
  route: GatewayRoute,
  section: HaproxyOption["section"],
  { limits }: HaproxyRouteOptions,
): string[] {
  const lines: string[] = [];
  for (const option of new Set(route.destination.options)) {
    const known = options.get(option);
    if (!known) {
      throw new Error(
        `route ${route.name}: option ${JSON.stringify(option)} is none that a route may set (${[...options.keys()].join(", ")})`,
      );
    }
    if (!known.modes.includes(route.mode)) {
      throw new Error(`route ${route.name}: option ${JSON.stringify(option)} does not work in mode ${route.mode}`);
    }
    const isWritten = option === "httplog" && !limits.logQueries;
    if (known.section === section && !isWritten) lines.push(`    option ${option}`);
  }
  return lines;
}

function balanceLines(route: GatewayRoute): string[] {
  const { balance } = route.destination;
  const works = balanceMode(balance);
  if (works !== "any" && works !== route.mode) {
    throw new Error(`route ${route.name}: balance ${JSON.stringify(balance)} is unknown in mode ${route.mode}`);
  }
  // A consistent hash moves only the clients of a server that comes or goes, not everybody.
  return [`    balance ${balance}`, ...(balanceByHash.test(balance) ? ["    hash-type consistent"] : [])];
}

function checkLines(check: HealthCheck, route: GatewayRoute): string[] {
  const where = `check of route ${route.name}`;
  const interval = wholeNumber(check.intervalMs, 100, `${where}, intervalMs`);
  const fall = wholeNumber(check.fall, 1, `${where}, fall`);
  const rise = wholeNumber(check.rise, 1, `${where}, rise`);
  // While a server is on its way down or up the next check comes sooner: a doubt is settled in a quarter of the time.
  const fast = Math.max(100, Math.round(interval / 4));
  return [
    ...httpCheckLines(check, route),
    `    default-server inter ${interval}ms fastinter ${fast}ms downinter ${interval}ms fall ${fall} rise ${rise}`,
  ];
}

function httpCheckLines({ path, host }: HealthCheck, route: GatewayRoute): string[] {
  if (path === undefined) return [];
  if (!/^\/[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*$/.test(path) || path.includes("'")) {
    throw new Error(`route ${route.name}: check path ${JSON.stringify(path)} is not the path of a URL`);
  }
  // As a request that a web server passes on, so that an application which insists on its name or on HTTPS is not down.
  const asked = checkHost(host ?? name(route.name, "route"), route);
  const headers = `hdr Host ${asked} hdr X-Forwarded-Host ${asked} hdr X-Forwarded-Proto https`;
  return [
    "    option httpchk",
    `    http-check send meth GET uri '${path}' ver HTTP/1.1 ${headers}`,
    "    http-check expect status 200-399",
  ];
}

function checkHost(host: string, route: GatewayRoute): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?$/.test(host)) return host;
  throw new Error(`check of route ${route.name}: ${JSON.stringify(host)} is not a host name`);
}

function serverLines(members: readonly Member[], where: string): string[] {
  if (members.length === 0) throw new Error(`${where}: a destination without members cannot serve anything`);
  const seen = new Set<string>();
  return members.map((member) => {
    const server = name(member.name, `${where}, member`);
    if (seen.has(server)) throw new Error(`${where}: two members are named ${JSON.stringify(server)}`);
    seen.add(server);
    address(member.address, `${where}, member ${server}`);
    return `    server ${server} ${endpoint(member.address, member.port, `${where}, member ${server}`)}`;
  });
}
