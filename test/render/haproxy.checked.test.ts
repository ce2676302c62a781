import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { balanceMode, haproxyOptions } from "../../box/haproxyVocabulary.ts";
import type { GatewayRoute } from "../../box/model.ts";
import { gatewayFiles, gatewayRouteFiles } from "../../render/gateway/index.ts";
import { haproxyRoute, haproxyRouteFile } from "../../render/haproxy/route.ts";
import { checkHaproxy } from "./checkers.ts";
import { gatewayHost, gatewayRoute, sampleBox, shared } from "./sampleRoutes.ts";

function filesWith(...routes: GatewayRoute[]): ReturnType<typeof gatewayFiles> {
  return gatewayFiles(sampleBox({ gateway: routes }), gatewayHost);
}

const tcpRoute = gatewayRoute(
  { name: "registry", mode: "tcp", port: 30500 },
  { balance: "source", options: [], check: { intervalMs: 1000, fall: 3, rise: 1 } },
);

const plainCheck = { intervalMs: 1000, fall: 3, rise: 1 };

describe("render/haproxy, read by HAProxy,", () => {
  it("is accepted without a warning, before there is any route", () => {
    assert.deepEqual(checkHaproxy(filesWith()), { ok: true, words: "" });
  });

  it("has routes accepted without a warning", () => {
    assert.deepEqual(checkHaproxy(filesWith(gatewayRoute(), tcpRoute)), { ok: true, words: "" });
  });

  it("has a listener on a virtual IP accepted", () => {
    const route = haproxyRoute(gatewayRoute(), {
      address: "192.168.2.11",
      virtualAddresses: ["192.168.2.10"],
      ...shared,
    });
    const files = filesWith().concat({ path: haproxyRouteFile(30165), mode: "0644", text: route });
    assert.deepEqual(checkHaproxy(files), { ok: true, words: "" });
  });

  it("has every option of the vocabulary accepted without a warning, in every mode that it works in", () => {
    const routes = Object.entries(haproxyOptions)
      .flatMap(([option, { modes }]) => modes.map((mode) => ({ option, mode })))
      .map(({ option, mode }, index) =>
        gatewayRoute({ name: `o-${index}`, mode, port: 30000 + index }, { options: [option], check: plainCheck }),
      );
    assert.ok(routes.length > 20);
    assert.deepEqual(checkHaproxy(filesWith(...routes)), { ok: true, words: "" });
  });

  it("has every form of a balance algorithm accepted without a warning, in every mode that it works in", () => {
    const any = ["roundrobin", "static-rr", "leastconn", "first", "source", "random", "random(999)"];
    const byRequest = ["uri", "uri whole", "uri len 12 depth 3", "url_param user.id", "hdr(X-Session)"];
    const routes = [...any, ...byRequest].flatMap((balance, index) => {
      assert.equal(balanceMode(balance), any.includes(balance) ? "any" : "http", balance);
      const modes = any.includes(balance) ? (["http", "tcp"] as const) : (["http"] as const);
      return modes.map((mode, second) =>
        gatewayRoute(
          { name: `b-${index}`, mode, port: 30000 + 2 * index + second },
          { balance, options: [], check: plainCheck },
        ),
      );
    });
    assert.deepEqual(checkHaproxy(filesWith(...routes)), { ok: true, words: "" });
  });

  it("has two routes of one name accepted", () => {
    const twins = filesWith(gatewayRoute(), gatewayRoute({ port: 30166 }));
    assert.deepEqual(checkHaproxy(twins), { ok: true, words: "" });
  });
});

describe("render/haproxy: the base", () => {
  it("takes a route of an earlier version, which stands until its own resource is updated", () => {
    const text = readFileSync(join(import.meta.dirname, "earlier/route.cfg"), "utf8");
    const earlier = { path: haproxyRouteFile(30165), mode: "0644", text } as const;
    assert.deepEqual(checkHaproxy([...filesWith(), earlier]), { ok: true, words: "" });
  });
});

describe("render/haproxy: any route that the model lets through", () => {
  const word = fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,10}[a-z0-9])?$/);
  const httpOptions = ["httplog", "tcplog", "dontlog-normal", "abortonclose", "httpclose", "log-health-checks"];
  const tcpOptions = ["tcplog", "logasap", "abortonclose", "contstats", "allbackups", "log-separate-errors"];
  const check = fc.record(
    {
      path: fc
        .webPath()
        .map((path) => (path.startsWith("/") ? path.replaceAll("'", "") : `/${path.replaceAll("'", "")}`)),
      intervalMs: fc.integer({ min: 100, max: 60_000 }),
      fall: fc.integer({ min: 1, max: 10 }),
      rise: fc.integer({ min: 1, max: 10 }),
    },
    { requiredKeys: ["intervalMs", "fall", "rise"] },
  );
  const route = fc.constantFrom("http" as const, "tcp" as const).chain((mode) =>
    fc.record({
      name: word,
      mode: fc.constant(mode),
      address: fc.constant("*"),
      websocket: fc.boolean(),
      passHeaders: fc.subarray(["Remote-User", "X-Script-Name"]),
      port: fc.integer({ min: 30000, max: 32767 }),
      destination: fc.record({
        members: fc.uniqueArray(
          fc.record({
            name: word,
            address: fc.ipV4().filter((one) => one !== "0.0.0.0"),
            port: fc.integer({ min: 1, max: 65535 }),
          }),
          { minLength: 1, maxLength: 5, selector: (member) => member.name },
        ),
        balance: fc.constantFrom(
          "roundrobin",
          "leastconn",
          "source",
          "first",
          "random(2)",
          ...(mode === "http" ? ["uri whole", "hdr(X-Session)", "url_param id"] : []),
        ),
        options: fc.subarray(mode === "http" ? httpOptions : tcpOptions),
        check,
      }),
    }),
  );

  it("renders to something that HAProxy accepts", () => {
    // One call of the checker for all routes of a run: 15 runs stay below 2 s.
    const routes = fc.uniqueArray(route, { minLength: 1, maxLength: 30, selector: (one) => one.port });
    fc.assert(
      fc.property(routes, (some) => {
        const base = filesWith();
        const files = some.flatMap((one) => gatewayRouteFiles(sampleBox(), gatewayHost, one));
        const { ok, words } = checkHaproxy([...base, ...files]);
        assert.ok(ok, words);
      }),
      { numRuns: 15 },
    );
  });
});
