import assert from "node:assert/strict";
import { claimFamilies, claimNames, edgeHeaders, headerKey } from "../../box/clientClaims.ts";
import { askAll, edge, request, seenBy, type Seen } from "./asking.ts";
import { anyCase, chunks, numbers, oneOf } from "./generated.ts";
import type { Question } from "./program/asker.ts";

const forged = "forged-by-the-client";

/** Names that applications take for a log-in, a proxy or a certificate, as their documentation writes them. */
const known = [
  "Remote-User",
  "Remote-Groups",
  "Remote-Email",
  "Remote-Name",
  "Remote-Addr",
  "REMOTE_USER",
  "X-Remote-User",
  "X-Remote-Group",
  "X-Remote-Extra-Scopes",
  "X-Auth-Request-User",
  "X-Auth-Request-Email",
  "X-Auth-Request-Groups",
  "X-Auth-Request-Access-Token",
  "X-Auth-Username",
  "X-Auth-Email",
  "X-WEBAUTH-USER",
  "X-WEBAUTH-ROLE",
  "X-Forwarded-User",
  "X-Forwarded-Email",
  "X-Forwarded-Groups",
  "X-Forwarded-Preferred-Username",
  "X-Forwarded-Access-Token",
  "X-Forwarded-Client-Cert",
  "X-Forwarded-Prefix",
  "X-Forwarded-Server",
  "X-Forwarded",
  "X-Forward-For",
  "Forwarded",
  "Forwarded-For",
  "X-Original-URL",
  "X-Original-Forwarded-For",
  "X-Rewrite-URL",
  "X-SSL-Client-Cert",
  "X-SSL-Client-S-DN",
  "X-SSL-Client-Verify",
  "SSL-Client-Cert",
  "SSL_CLIENT_CERT",
  "X-Client-Cert",
  "Client-Cert",
  "Client-Cert-Chain",
  "X-Client-IP",
  "Client-IP",
  "X-Cluster-Client-IP",
  "True-Client-IP",
  "CF-Connecting-IP",
  "Cf-Access-Jwt-Assertion",
  "Cf-Access-Authenticated-User-Email",
  "Fastly-Client-IP",
  "X-Azure-ClientIP",
  "X-ARR-ClientCert",
  "X-MS-CLIENT-PRINCIPAL-NAME",
  "X-MS-TOKEN-AAD-ID-TOKEN",
  "X-Goog-Authenticated-User-Email",
  "X-Goog-IAP-JWT-Assertion",
  "X-Amzn-Oidc-Identity",
  "X-Amzn-Mtls-Clientcert",
  "Impersonate-User",
  "Impersonate-Group",
  "Impersonate-Extra-Reason",
  "OIDC_CLAIM_sub",
  "OIDC-CLAIM-email",
  "MELLON-NAME-ID",
  "SM_USER",
  "SMUSER",
  "iv-user",
  "iv-groups",
  "OAM_REMOTE_USER",
  "Shib-Session-ID",
  "X-Vouch-User",
  "X-Pomerium-Jwt-Assertion",
  "Tailscale-User-Login",
  "X-Authentik-Username",
  "X-Consumer-Username",
  "X-Userinfo",
  "X-User-Id",
  "X-ProxyUser-Ip",
  "WL-Proxy-Client-IP",
  "X-Scope-OrgID",
  "X-Envoy-External-Address",
  "X-Accel-Mapping",
  "X-Middleware-Subrequest",
  "Proxy",
] as const;

/** What clients send that claims nothing. */
const honest = [
  ["Authorization", "Bearer abc.def"],
  ["Cookie", "a=1; b=2"],
  ["X-CSRF-Token", "t"],
  ["X-Requested-With", "XMLHttpRequest"],
  ["X-Grafana-Org-Id", "1"],
  ["kbn-xsrf", "true"],
  ["PRIVATE-TOKEN", "glpat"],
  ["X-Vault-Token", "s.1"],
  ["X-Api-Key", "k"],
  ["X-Auth-Token", "k"],
  ["X-User-Agent", "grpc-web-javascript/0.1"],
  ["X-Client-Version", "3"],
  ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
  ["If-None-Match", '"x"'],
  ["Origin", "https://protobox.test"],
  ["Referer", "https://protobox.test/a"],
  ["User-Agent", "Mozilla/5.0"],
  ["Accept-Language", "de"],
  ["Range", "bytes=0-1"],
  ["X-HTTP-Method-Override", "PUT"],
] as const;

/** Families and names, each with any end, in any letter case, and with `_` for `-`. */
function generatedNames(count: number): string[] {
  const random = numbers(9);
  const ends = ["", "User", "Name", "Email", "Groups", "Id", "IP", "Token", "Cert", "S-DN", "For", "x9", "Extra-Role"];
  const names = new Set<string>(known);
  while (names.size < count) {
    const whole = random() < 0.1 ? oneOf(random, claimNames) : `${oneOf(random, claimFamilies)}${oneOf(random, ends)}`;
    const name = anyCase(random, random() < 0.2 ? whole.replaceAll("-", "_") : whole).replace(/[-_]$/, "");
    // A family that ends in "-" claims nothing without its end, and what the box sets itself is looked at by itself.
    const isEdges = edgeHeaders.some((one) => headerKey(one) === headerKey(name));
    if (!isEdges && !claimFamilies.includes(`${headerKey(name)}-`) && !/^x[-_]auth[-_]token$/i.test(name))
      names.add(name);
  }
  return [...names];
}

/** Headers that a pod saw whose value the client had forged. */
function passed(seen: Seen | undefined): string[] {
  assert.ok(seen, "no pod answered");
  return Object.entries(seen.headers).flatMap(([name, values]) =>
    values.some((one) => one.includes(forged)) ? [name] : [],
  );
}

/** Asks with all names, some at a time; what passed. */
async function passedOf(
  from: string,
  names: readonly string[],
  ask: (headers: [string, string][]) => Question,
): Promise<string[]> {
  const questions = chunks(names, 25).map((some) => ask(some.map((name) => [name, forged])));
  const replies = await askAll(from, questions);
  return replies.flatMap((reply) => passed(seenBy(reply)));
}

describe("attacks: what a client claims in headers", () => {
  const names = generatedNames(2000);
  const gateway = { address: "192.168.2.11", port: 30160 };

  it("does not pass a web server, over HTTP/1.1", async () => {
    const through = await passedOf("client", names, (headers) => ({ ...edge, bytes: request("/argocd/", headers) }));
    console.log(`      ${names.length} names over HTTP/1.1, ${through.length} passed`);
    assert.deepEqual(through, []);
  });

  it("does not pass a web server, over HTTP/2", async () => {
    const pseudo = [
      [":method", "GET"],
      [":scheme", "https"],
      [":authority", "protobox.test"],
      [":path", "/argocd/"],
    ] as const;
    const through = await passedOf("client", names, (headers) => ({
      ...edge,
      head: [...pseudo, ...headers.map(([name, value]) => [name.toLowerCase(), value] as const)],
    }));
    console.log(`      ${names.length} names over HTTP/2, ${through.length} passed`);
    assert.deepEqual(through, []);
  });

  for (const [who, from] of [
    ["a web server", "webserver-1"],
    ["another host of the gateway network", "gateway-4"],
  ] as const) {
    it(`does not pass a gateway that ${who} asks`, async () => {
      const through = await passedOf(from, names, (headers) => ({ ...gateway, bytes: request("/", headers) }));
      console.log(`      ${names.length} names from ${from} to a gateway, ${through.length} passed`);
      assert.deepEqual(through, []);
    });
  }

  it("is what a web server says, at the pod, and never what others say", async () => {
    const claims = edgeHeaders.map((name) => [name, forged] as const);
    const [client, neighbour, webserver] = await Promise.all([
      askAll("client", [{ ...edge, bytes: request("/argocd/", claims) }]),
      askAll("gateway-4", [{ ...gateway, bytes: request("/", claims) }]),
      askAll("webserver-1", [{ ...gateway, bytes: request("/", claims) }]),
    ]);
    assert.deepEqual(passed(seenBy(client[0]!)), []);
    assert.deepEqual(passed(seenBy(neighbour[0]!)), []);
    // A web server is believed: it has cleared what its clients claim.
    assert.equal(passed(seenBy(webserver[0]!)).length, edgeHeaders.length);
    const headers = seenBy(client[0]!)?.headers;
    assert.deepEqual([headers?.["X-Forwarded-For"], headers?.["X-Forwarded-Proto"]], [["192.168.0.100"], ["https"]]);
  });

  it("is no reason to take away what claims nothing", async () => {
    const [reply] = await askAll("client", [{ ...edge, bytes: request("/argocd/", honest) }]);
    const seen = seenBy(reply!);
    const lost = honest.filter(([name, value]) => {
      const values = Object.entries(seen?.headers ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
      return values?.[0] !== value;
    });
    assert.deepEqual(lost, []);
  });
});
