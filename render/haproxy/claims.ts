/** What HAProxy does with what clients claim in headers: rules of a frontend. */
import { claimFamilies, claimNames, edgeHeaders, headerKey, honestNames } from "../../box/clientClaims.ts";
import { address } from "../scalars.ts";

/**
 * Only web servers are believed what they say of a request: where it came from, by which name and how. What anybody else says of
 * that is overwritten. Who the user is, nobody says: not even a web server, but for the headers that a route lets through.
 *
 * @param webservers addresses of the web servers on the gateway network
 * @param passed headers that pass when a web server sends them
 */
export function claimRules(webservers: readonly string[], passed: readonly string[] = []): string[] {
  const believed = sources(webservers);
  const edge = edgeHeaders.map(headerKey);
  const but = passed.map(headerKey).filter((name) => !edge.includes(name));
  const rule = (kept: readonly string[], when = ""): string =>
    `http-request del-header '${claimPattern([...honestNames, ...edge, ...kept])}' -m reg${when}`;
  const deleted = but.length === 0 ? [rule([])] : [rule([], ` unless ${believed}`), rule(but, ` if ${believed}`)];
  const own: Readonly<Record<(typeof edgeHeaders)[number], string>> = {
    "X-Real-IP": "%[src]",
    "X-Forwarded-For": "%[src]",
    "X-Forwarded-Host": "%[req.hdr(host)]",
    "X-Forwarded-Port": "%[dst_port]",
    "X-Forwarded-Proto": "http",
  };
  const set = edgeHeaders.map((name) => `http-request set-header ${name} ${own[name]} unless ${believed}`);
  return [...deleted, ...set];
}

function sources(webservers: readonly string[]): string {
  if (webservers.length === 0) return "{ always_false }";
  return `{ src ${webservers.map((one) => address(one, "address of a web server")).join(" ")} }`;
}

/** `_` and `.` stand for `-` to applications. */
function claimPattern(kept: readonly string[]): string {
  const text = (key: string): string => key.replaceAll("-", "[-_.]");
  const names = claimNames.map((one) => `${text(one)}$`);
  return `(?i)^(?!(?:${kept.map(text).join("|")})$)(?:${[...claimFamilies.map(text), ...names].join("|")})`;
}

/** Of all upgrades only a WebSocket's passes, and that only where a location passes it. */
export function upgradeRules(websocket: boolean): string[] {
  const unless = websocket
    ? " unless { method GET } { req.ver 1.1 } { req.hdr(upgrade) -m str -i websocket } { req.hdr_cnt(upgrade) eq 1 } { req.hdr(connection) -m sub -i upgrade }"
    : "";
  return [`http-request del-header Upgrade${unless}`, `http-request del-header Connection${unless}`];
}
