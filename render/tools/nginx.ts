/** What the tools need of nginx beside their locations. */
import { signInUpstream, ToolAuth } from "../../box/sections/tools/programs.ts";
import type { Tool, Tools } from "../../box/model.ts";
import { knownCookie, signedInLocation } from "./names.ts";
import { needsPassword, needsSignIn, placesOf } from "./routes.ts";

/** Where tools that have a log-in of their own take passwords, behind their path. */
const logIns: Readonly<Partial<Record<Tool["name"], readonly string[]>>> = {
  grafana: ["login"],
  gitlab: ["users/sign_in", "users/password", "users/auth", "oauth/token"],
};

/** What a tool would show to anybody though it has a log-in: Grafana's metrics. */
const shut: Readonly<Partial<Record<Tool["name"], readonly string[]>>> = { grafana: ["metrics"] };

/** `nginx/upstreams/_tools.conf`, read in the context `http`: no upstream has a name that begins with `_`. */
export function toolsHttp(tools: Tools): string {
  const paths = tools.list.flatMap(({ name, path }) => (logIns[name] ?? []).map((one) => `${path}${one}`));
  return `# The box's tools. What a log-in was tried at, by whom.
map "$request_method $uri" $tools_log_in {
    default '';
${paths.map((path) => `    "~^(?!GET |HEAD )[A-Z]+ ${escaped(path)}(?:[./]|$)" $binary_remote_addr;\n`).join("")}}
limit_req_zone $tools_log_in zone=gatebox_tools_log_ins:10m rate=30r/m;
${needsPassword(tools) ? ofPassword(tools) : ""}`;
}

function ofPassword({ list }: Tools): string {
  const asked = list.filter(({ auth }) => auth === ToolAuth.Password);
  const cookies = asked.flatMap(placesOf).map(
    ({ location, cookie }) => `
map $tools_known ${cookie} {
    default "${knownCookie}=$tools_known; Path=${location}; Max-Age=31536000; Secure; HttpOnly; SameSite=Strict";
    ''      '';
}
`,
  );
  return `
# Who has logged in before is known by a cookie, see _tools-known.conf; without credentials nothing is tried.
map "$tools_known:$http_authorization" $tools_stranger {
    default $binary_remote_addr;
    "~^:" '';
    "~^[^:]*:$" '';
}
limit_req_zone $tools_stranger zone=gatebox_tools_strangers:10m rate=1r/s;

# The cookie is for the web servers alone.
map $http_cookie $tools_cookies {
    default $http_cookie;
    "~^(?<tools_before>(?:.*;\\s*)?)${knownCookie}=[^;]*(?:;\\s*(?<tools_behind>.*))?$" $tools_before$tools_behind;
}
${cookies.join("")}`;
}

/** `nginx/locations/_tools.conf`, read among the locations: no location has a file of that name. */
export function toolsServer(tools: Tools): string {
  const closed = tools.list.flatMap(({ name, path }) => (shut[name] ?? []).map((one) => `${path}${one}`));
  const parts = [
    ...(needsPassword(tools) ? [asking] : []),
    ...(needsSignIn(tools) ? [signedIn(tools)] : []),
    ...closed.map((path) => `location = ${path} {\n    return 404;\n}\n\nlocation ${path}/ {\n    return 404;\n}\n`),
  ];
  return parts.join("\n");
}

const asking = `error_page 401 @tools_log_in;
location @tools_log_in {
    default_type text/plain;
    return 401 "This is for operators of the box: log in.\\n";
}
`;

function signedIn({ oidcProxy }: Tools): string {
  const prefix = oidcProxy?.path ?? "";
  return `location = ${signedInLocation} {
    internal;
    proxy_pass http://${signInUpstream}${prefix}auth;
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Host $host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Uri $request_uri;
}

location @tools_sign_in {
    return 302 ${prefix}start?rd=$request_uri;
}
`;
}

function escaped(path: string): string {
  return path.replaceAll(".", "\\.");
}
