import assert from "node:assert/strict";
import fc from "fast-check";
import { exposeService, passwordFault } from "../../../box/index.ts";
import { toolRoutes } from "../../../render/tools/index.ts";
import { allTools, toolsBox } from "../../render/sampleTools.ts";
import { parseProtobox, violationsOf } from "../parsing.ts";
import { describeViolations } from "../violations.ts";

const route = (location: string, more: object = {}) => ({ location, upstream: { port: 30163, group: "kube-gateway-pool", ...more } }); // prettier-ignore

describeViolations("tools", [
  {
    breaks: "a path without slashes, at the root, or at the web servers' own place",
    changes: { tools: { prometheus: { path: "prometheus" }, grafana: { path: "/" }, consul: { path: "/-/consul/" } } },
    says: [
      'tools.prometheus.path: "prometheus" is not a location: it begins and ends with "/", with letters, digits, ".", "_", "-" between slashes',
      'tools.grafana.path: "/" is where everything begins: write a path of its own, such as /prometheus/',
      'tools.consul.path: "/-/consul/" is the web servers\' own place: write another path',
    ],
  },
  {
    breaks: "paths that are taken by a tool, inside of one another, and by the registry",
    changes: {
      tools: {
        prometheus: { path: "/ops/" },
        alertmanager: { path: "/ops/" },
        grafana: { path: "/ops/grafana/" },
        gitlab: { path: "/v2/", upstream: { port: 8080 } },
      },
      registry: { name: "registry.protobox", pool: "nat-gateway-pool", storage: { shared: true } },
      "webservers.serverNames": ["protobox.test", "registry.protobox"],
    },
    says: [
      "tools.alertmanager.path: /ops/ is where Prometheus (tools.prometheus) is: choose another path",
      "tools.grafana.path: /ops/grafana/ is inside of /ops/, where Prometheus (tools.prometheus) is: choose another path",
      "tools.gitlab.path: /v2/ is where the registry is: choose another path",
    ],
  },
  {
    breaks: "routes and services at a tool's place, inside of it, around it, and at Consul's API",
    changes: {
      tools: { consul: {}, grafana: { path: "/argocd/" }, prometheus: { path: "/site/prometheus/" } },
      "webservers.routes.one": route("/consul/"),
      "webservers.routes.two": route("/consul/kv/"),
      "webservers.routes.three": route("/v1/"),
      "webservers.routes.four": route("/site/"),
      "webservers.routes.five": route("/"),
    },
    says: [
      "webservers.routes.one.location: /consul/ is where Consul (tools.consul) is: choose another location",
      "webservers.routes.two.location: /consul/kv/ is inside of /consul/, where Consul (tools.consul) is: choose another location",
      "webservers.routes.three.location: /v1/ is where the API of Consul (tools.consul) is: choose another location",
      "webservers.routes.four.location: /site/ is around /site/prometheus/, where Prometheus (tools.prometheus) is: choose another location",
      "services.argocd.web.location: /argocd/ is where Grafana (tools.grafana) is: choose another location",
    ],
  },
  {
    breaks: "two tools on one port of a host, though of two pools, and a route with a tool's name or upstream",
    changes: {
      "pools.more-pool": ["gateway-5"],
      tools: { prometheus: {}, consul: { upstream: { pool: "more-pool", port: 9090 } } },
      "webservers.routes.consul": route("/other/", { name: "stream_tool_prometheus" }),
    },
    says: [
      'webservers.routes.consul: "consul" is the name of a tool (tools.consul): choose another',
      'webservers.routes.consul.upstream: "stream_tool_prometheus" is the name of a tool\'s own upstream: choose another',
      "tools.consul.upstream.port: 9090 of gateway-5 is that of tools.prometheus: write the tool's own port",
    ],
  },
  {
    breaks: "an unknown pool, one that web servers do not find, and kube gateways",
    changes: {
      tools: {
        prometheus: { upstream: { pool: "nat-gatway-pool" } },
        alertmanager: { upstream: { pool: "supervisors-pool" } },
        consul: { upstream: { pool: "kube-gateway-pool" } },
      },
    },
    says: [
      'tools.prometheus.upstream.pool: unknown pool "nat-gatway-pool" (did you mean "nat-gateway-pool"?)',
      "tools.alertmanager.upstream.pool: supervisor-1 of supervisors-pool is not on gateway-network, where the web servers look for it",
      "tools.consul.upstream.pool: gateway-1 of kube-gateway-pool is a kube gateway, which lets nothing but routes in: write a pool of other hosts",
    ],
  },
  {
    breaks: "no pool where there is none of monitoring",
    changes: { monitoring: undefined, tools: { prometheus: {}, grafana: { upstream: { pool: "nat-gateway-pool" } } } },
    says: [
      "tools.prometheus.upstream.pool: is missing, and there is no pool of monitoring: write the pool whose hosts run it",
    ],
  },
  {
    breaks: "tools that let everybody in, and a proxy that is not there",
    changes: {
      tools: { prometheus: { auth: "none" }, alertmanager: { auth: "none" }, consul: { auth: "none" }, grafana: { auth: "oidc" } }, // prettier-ignore
    },
    says: [
      "tools.prometheus.auth: none would let everybody in, for Prometheus asks nobody for a password: write password or oidc",
      "tools.alertmanager.auth: none would let everybody in, for Alertmanager asks nobody for a password: write password or oidc",
      "tools.grafana.auth: oidc is said by a proxy, and there is none: write tools.oidcProxy, or password",
      "tools.consul.auth: none would let everybody in, for Consul asks nobody for a password: write password or oidc",
    ],
  },
  {
    breaks: "a proxy at no address, a user that is none, and an unknown tool",
    changes: { tools: { oidcProxy: { address: "sso.site" }, username: "ops:x", promtheus: {} } },
    says: [
      'tools.username: is not the name of a user: write lower-case letters, digits and "-", at most 32',
      'tools.oidcProxy.address: "sso.site" is not an IPv4 address such as 192.168.2.11',
      'tools.promtheus: unknown key "promtheus" (did you mean "prometheus"?)',
    ],
  },
  {
    breaks: "a proxy where programs listen, at a service's place",
    changes: { tools: { oidcProxy: { address: "0.0.0.0", path: "/keycloak/" }, prometheus: {} } },
    says: [
      "services.keycloak.web.location: /keycloak/ is where the OIDC proxy (tools.oidcProxy) is: choose another location",
      'tools.oidcProxy.address: "0.0.0.0" is where a program listens, and nobody can be asked there: write the address of the proxy',
    ],
  },
]);

describe("a box's tools", () => {
  it("are on the pool of monitoring, at their usual ports, and the web servers ask for what has no log-in", () => {
    const { list, username, network } = toolsBox().tools!;
    assert.deepEqual([username, network], ["operator", "gateway-network"]);
    assert.deepEqual(
      list.map(({ name, path, port, auth }) => `${name} ${path} ${port} ${auth}`),
      [
        "prometheus /prometheus/ 9090 password",
        "alertmanager /alertmanager/ 9093 password",
        "grafana /grafana/ 3000 none",
        "consul /consul/ 8500 password",
        "gitlab /gitlab/ 8080 none",
      ],
    );
    assert.deepEqual(list[0]?.members, [
      { name: "gateway-4", address: "192.168.2.14", port: 9090 },
      { name: "gateway-5", address: "192.168.2.15", port: 9090 },
    ]);
  });

  it("are asked about at the OIDC proxy where there is one, but for those with a log-in of their own", () => {
    const { list } = toolsBox({ ...allTools, oidcProxy: { address: "192.168.2.14" }, alertmanager: { auth: "password" } }).tools!; // prettier-ignore
    assert.deepEqual(
      list.map(({ auth }) => auth),
      ["oidc", "password", "none", "oidc", "none"],
    );
  });

  it("are absent unless the stack has them, and need web servers", () => {
    assert.equal(parseProtobox().tools, undefined);
    const alone = { services: undefined, webservers: undefined, kubeGateways: undefined, monitoring: undefined };
    assert.ok(
      violationsOf(() => parseProtobox({ ...alone, tools: { prometheus: {} } })).includes(
        "tools: are reached through web servers, and the box has none: write webservers, or leave them out",
      ),
    );
  });

  it("keep their places from what other stacks expose", () => {
    const app = { port: 30190, namespace: "x" };
    const says = violationsOf(() => exposeService(toolsBox(), "wiki", { app, web: { location: "/grafana/wiki/" } }));
    assert.deepEqual(says, ["services.wiki.web.location: /grafana/wiki/ is inside of /grafana/, where Grafana (tools.grafana) is: choose another location"]); // prettier-ignore
  });

  it("are refused exactly where a place overlaps another's", () => {
    const step = fc.constantFrom("a", "b", "ab", "a.b");
    const place = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => `/${steps.join("/")}/`);
    const overlap = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);
    fc.assert(
      fc.property(place, place, place, (one, other, location) => {
        const found = violationsOf(() => parseProtobox({ tools: { prometheus: { path: one }, grafana: { path: other } }, "webservers.routes.x": route(location) })); // prettier-ignore
        assert.equal(found.some((line) => line.startsWith("tools.grafana.path: ")), overlap(one, other)); // prettier-ignore
        assert.equal(found.some((line) => line.startsWith("webservers.routes.x.location: ")), overlap(one, location) || overlap(other, location)); // prettier-ignore
      }),
      { numRuns: 60 },
    );
  });

  it("have a log-in at every place, or one of their own", () => {
    for (const { name, params } of toolRoutes(toolsBox())) {
      const asked = params.some(({ directive }) => directive === "auth_basic" || directive === "auth_request");
      assert.equal(asked, !["tool-grafana", "tool-gitlab"].includes(name), name);
    }
  });
});

describe("a password of tools", () => {
  it("has 12 characters or more, none of which ends a line, and is never quoted", () => {
    assert.equal(passwordFault("correct-horse"), undefined);
    assert.equal(passwordFault("üüüüüüüüüüüü"), undefined);
    assert.match(passwordFault("hunter2hunt") ?? "", /^is shorter than 12 characters/);
    assert.match(passwordFault("correct\nhorse") ?? "", /^holds control characters/);
    assert.match(passwordFault("x".repeat(512)) ?? "", /^is longer than 511 bytes/);
    fc.assert(
      fc.property(fc.string({ minLength: 4, maxLength: 11 }), (password) => {
        assert.equal(passwordFault(password), passwordFault("x"));
      }),
    );
  });
});
