import assert from "node:assert/strict";
import type { GatewayRoute } from "../../box/model.ts";
import { gatewayFiles, gatewayRouteFiles } from "../../render/gateway/index.ts";
import { haproxyBase } from "../../render/haproxy/base.ts";
import { haproxyRoute, haproxyRouteFile } from "../../render/haproxy/route.ts";
import { assertGolden } from "./golden.ts";
import { haBox, haHost } from "./sampleHa.ts";
import { gatewayHost, gatewayRoute, members, sampleBox, shared } from "./sampleRoutes.ts";

const own = { address: "192.168.2.11", ...shared };

function filesWith(...routes: GatewayRoute[]): ReturnType<typeof gatewayFiles> {
  return gatewayFiles(sampleBox({ gateway: routes }), gatewayHost);
}

const tcpRoute = gatewayRoute(
  { name: "registry", mode: "tcp", port: 30500 },
  { balance: "source", options: [], check: { intervalMs: 1000, fall: 3, rise: 1 } },
);

describe("render/haproxy: the base", () => {
  it("reads like the real thing", () => {
    assertGolden(
      "gateway/haproxy/base.cfg",
      haproxyBase({ metricsAddress: "192.168.1.11", metricsPort: 8405, ...shared }),
    );
  });

  it("refuses to answer metrics on every network", () => {
    assert.throws(
      () => haproxyBase({ metricsAddress: "0.0.0.0", metricsPort: 8405, ...shared }),
      /means every network/,
    );
  });
});

describe("render/haproxy: a route", () => {
  it("reads like the real thing, over HTTP and over TCP", () => {
    assertGolden("gateway/haproxy/routes/30165.cfg", haproxyRoute(gatewayRoute(), own));
    assertGolden("gateway/haproxy/routes/30500.cfg", haproxyRoute(tcpRoute, own));
  });

  it("listens on the gateway's own address for *, and on an address that is given", () => {
    assert.match(haproxyRoute(gatewayRoute(), own), /^ {4}bind 192\.168\.2\.11:30165$/m);
    assert.match(haproxyRoute(gatewayRoute({ address: "192.168.2.9" }), own), /^ {4}bind 192\.168\.2\.9:30165$/m);
    assert.throws(() => haproxyRoute(gatewayRoute({ address: "0.0.0.0" }), own), /means every network/);
  });

  it("listens for * on the pool's virtual IPs of that network as well, had or not, and on no other", () => {
    const bindsOf = (...args: Parameters<typeof gatewayRouteFiles>): string[] =>
      (gatewayRouteFiles(...args)[0]?.text ?? "").split("\n").filter((line) => line.startsWith("    bind "));
    assert.deepEqual(bindsOf(haBox(), haHost("gateway-2"), gatewayRoute()), [
      "    bind 192.168.2.12:30165",
      "    bind 192.168.2.10:30165 transparent",
    ]);
    assert.deepEqual(bindsOf(haBox(), haHost("gateway-2"), gatewayRoute({ address: "192.168.2.9" })), [
      "    bind 192.168.2.9:30165",
    ]);
  });

  it("has a file of its own by port, and proxies that two routes of one name do not share", () => {
    assert.equal(haproxyRouteFile(30165), "haproxy/routes/30165.cfg");
    const texts = [gatewayRoute(), gatewayRoute({ port: 30166 })].map((route) => haproxyRoute(route, own));
    const proxies = texts.flatMap((text) => [...text.matchAll(/^(frontend|backend) \S+/gm)].map(([proxy]) => proxy));
    assert.equal(new Set(proxies).size, 4);
  });

  const impossible: [why: string, route: GatewayRoute, message: RegExp][] = [
    ["a name that is more than a word", gatewayRoute({ name: "a\n    bind :80" }), /route: .* is not a plain name/],
    ["a port that is none", gatewayRoute({ port: 65536 }), /65536 is not a port/],
    ["no members", gatewayRoute({}, { members: [] }), /without members/],
    ["members of one name", gatewayRoute({}, { members: [...members(1), ...members(2)] }), /two members are named/],
    [
      "a member without an address",
      gatewayRoute({}, { members: [{ name: "a", address: "a b", port: 1 }] }),
      /not an IPv4/,
    ],
    ["httplog in TCP mode", gatewayRoute({ mode: "tcp" }), /option "httplog" does not work in mode tcp/],
    [
      "an option of its own",
      gatewayRoute({}, { options: ["forwardfor"] }),
      /"forwardfor" is none that a route may set/,
    ],
    ["an option that is a property of all objects", gatewayRoute({}, { options: ["toString"] }), /"toString" is none/],
    ["an unknown balance", gatewayRoute({}, { balance: "roundrobin\nmode tcp" }), /balance .* is unknown in mode http/],
    [
      "a balance that needs HTTP",
      gatewayRoute({ mode: "tcp" }, { balance: "uri", options: [] }),
      /"uri" is unknown in mode tcp/,
    ],
    [
      "a check path that breaks out",
      gatewayRoute({}, { check: { path: "/'\n", intervalMs: 2000, fall: 1, rise: 1 } }),
      /check path .* is not the path of a URL/,
    ],
    ["a check that never ends", gatewayRoute({}, { check: { intervalMs: 0, fall: 1, rise: 1 } }), /intervalMs: 0/],
  ];
  for (const [why, route, message] of impossible) {
    it(`throws for ${why}`, () => {
      assert.throws(() => haproxyRoute(route, own), message);
    });
  }
});

describe("render: the figure", () => {
  it("renders 1,000 routes with 5,000 servers within half a second", () => {
    const routes = Array.from({ length: 1000 }, (_, index) =>
      gatewayRoute({ name: `service-${index}`, port: 30000 + index }, { members: members(30000 + index, 1, 5) }),
    );
    const begun = performance.now();
    const files = filesWith(...routes);
    const took = performance.now() - begun;
    const servers = files.reduce((sum, file) => sum + (file.text.match(/^ {4}server /gm)?.length ?? 0), 0);
    assert.equal(servers, 5000);
    // The figure that the project promises; it takes about a twentieth of it here.
    assert.ok(took < 500, `took ${took} ms`);
  });
});
