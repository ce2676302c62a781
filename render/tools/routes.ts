/** The ways through the web servers to the tools: locations and upstreams of the kind that every route has. */
import { signInUpstream, ToolAuth, toolPrograms, toolUpstream } from "../../box/sections/tools/programs.ts";
import type { Box, LocationParam, Tool, ToolName, Tools, WebserverRoute } from "../../box/model.ts";
import { toolsOf } from "../../box/sectionOf.ts";
import { requestLimit } from "../nginx/limits.ts";
import { cookieVariable, logInLimit, signedInLocation, strangerLimit, usersFile } from "./names.ts";

type Lines = readonly (readonly [directive: string, value: string])[];

/** Seconds that a tool may take to answer: Prometheus gives up a query after 120, a blocking query of Consul takes 10 minutes. */
const patience: Readonly<Record<ToolName, number>> = {
  prometheus: 125,
  alertmanager: 60,
  grafana: 125,
  consul: 640,
  gitlab: 300,
};

/** What a tool needs beside what all have. */
const own: Readonly<Partial<Record<ToolName, Lines>>> = {
  // Logs that are followed come line by line.
  consul: [["proxy_buffering", "off"]],
  // A push is as large as it is, and goes on as it comes.
  gitlab: [
    ["client_max_body_size", "0"],
    ["proxy_request_buffering", "off"],
  ],
};

/**
 * Every location that leads to a tool, and that of the OIDC proxy. A tool is told its path and gets requests with it, so nothing
 * is rewritten. Its first host answers; which of several does must not change from request to request, as each has samples,
 * silences or sessions of its own.
 *
 * @example toolRoutes(box).map(({ location }) => location) // ["/prometheus/", "/consul/", "/v1/"]
 */
export function toolRoutes(box: Box): WebserverRoute[] {
  const tools = toolsOf(box);
  const routes = tools.list.flatMap((tool) => placesOf(tool).map((place) => toolRoute(box, tool, place)));
  return needsSignIn(tools) ? [...routes, signInRoute(tools)] : routes;
}

/** Whether the web servers ask an OIDC proxy for any of them. */
export function needsSignIn({ list }: Tools): boolean {
  return list.some(({ auth }) => auth === ToolAuth.Oidc);
}

/** Whether the web servers have a user for any of them. */
export function needsPassword({ list }: Tools): boolean {
  return list.some(({ auth }) => auth === ToolAuth.Password);
}

/** A place of a tool on the web servers, and whether WebSockets pass there. */
export interface Place {
  readonly location: string;
  readonly websocket: boolean;
  /** The variable with the cookie of who is let in there. */
  readonly cookie: string;
}

/** Each place of a tool. */
export function placesOf({ name, path }: Tool): Place[] {
  const further = toolPrograms[name].alsoAt.map((location) => ({ location, websocket: false }));
  // Grafana Live is all there; GitLab's terminals and live pages are in many places.
  const live = name === "grafana" ? [{ location: `${path}api/live/`, websocket: true }] : [];
  const places = [{ location: path, websocket: name === "gitlab" }, ...live, ...further];
  return places.map((place, index) => ({ ...place, cookie: cookieVariable(name, index) }));
}

function toolRoute(box: Box, tool: Tool, { location, websocket, cookie }: Place): WebserverRoute {
  const { name, members } = tool;
  const upstream = { name: toolUpstream(name), members, firstAlone: true };
  const lines: Lines = [
    ["proxy_pass", `http://${upstream.name}`],
    // Who is just starting, or has lost what it needs, leaves the answer to the next one.
    ["proxy_next_upstream", "error timeout http_502 http_503"],
    ...(websocket ? [] : [["proxy_read_timeout", `${patience[name]}s`] as const]),
    ...(own[name] ?? []),
    ["limit_req", requestLimit(box.limits)],
    // The session is for all of Grafana.
    ...(location.endsWith("/api/live/") ? [["proxy_cookie_path", "off"] as const] : []),
    ...authLines(box, tool, cookie),
  ];
  return { name: `tool-${name}`, location, params: lines.map(single), upstream, websocket, passHeaders: [] };
}

function authLines({ name: box }: Box, tool: Tool, cookie: string): Lines {
  switch (tool.auth) {
    case ToolAuth.Password:
      return [
        ["limit_req", strangerLimit],
        ["auth_basic", `"Tools of ${box}"`],
        ["auth_basic_user_file", usersFile],
        ["add_header", `Set-Cookie ${cookie}`],
        ...whoAsks(tool, "$remote_user"),
      ];
    case ToolAuth.Oidc:
      return [
        ["auth_request", signedInLocation],
        ["auth_request_set", "$tools_user $upstream_http_x_auth_request_user"],
        ["auth_request_set", "$tools_session $upstream_http_set_cookie"],
        ["add_header", "Set-Cookie $tools_session"],
        // A location with one of these inherits none.
        ["error_page", "401 = @tools_sign_in"],
        ["error_page", "404 @nowhere"],
        ["error_page", "414 494 =431 /-/too-large"],
        ["error_page", "429 @busy"],
        ...whoAsks(tool, "$tools_user"),
      ];
    case ToolAuth.None:
      return [["limit_req", logInLimit]];
  }
}

/** A tool is told who asks, and never gets what the web servers were shown for it. Cookies are for who has a log-in of its own. */
function whoAsks({ name, auth }: Tool, user: string): Lines {
  const { hasLogIn } = toolPrograms[name];
  const cookies = hasLogIn ? (auth === ToolAuth.Oidc ? "$http_cookie" : "$tools_cookies") : '""';
  return [
    ...(hasLogIn ? ([["limit_req", logInLimit]] as const) : []),
    ["proxy_set_header", `X-Forwarded-User ${user}`],
    ["proxy_set_header", 'Authorization ""'],
    ["proxy_set_header", `Cookie ${cookies}`],
  ];
}

/** oauth2-proxy's own pages; its cookies are for all paths. */
function signInRoute({ oidcProxy }: Tools): WebserverRoute {
  if (oidcProxy === undefined) throw new Error("tools: there is no OIDC proxy; a rule is missing");
  const { address, port, path } = oidcProxy;
  const lines: Lines = [
    ["proxy_pass", `http://${signInUpstream}`],
    ["proxy_cookie_path", "off"],
  ];
  const upstream = { name: signInUpstream, members: [{ name: "oidc-proxy", address, port }] };
  return {
    name: "tools-sign-in",
    location: path,
    params: lines.map(single),
    upstream,
    websocket: false,
    passHeaders: [],
  };
}

function single([directive, value]: Lines[number]): LocationParam {
  return { type: "single", directive, value };
}
