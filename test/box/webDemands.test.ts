import assert from "node:assert/strict";
import type { GatewayRoute } from "../../box/index.ts";
import { secondsOf } from "../../box/nginxTime.ts";
import type { Changes } from "./edit.ts";
import { parseProtobox } from "./parsing.ts";

function gatewayOf(changes: Changes, name: string): GatewayRoute {
  const box = parseProtobox(changes);
  const routes = [...box.kubeGateways!.routes, ...box.services.map(({ gateway }) => gateway)];
  const found = routes.find((route) => route.name === name);
  assert.ok(found);
  return found;
}

describe("a gateway route does what its locations want:", () => {
  it("WebSockets pass where a location passes them", () => {
    assert.equal(gatewayOf({}, "argocd").websocket, true);
    assert.equal(gatewayOf({}, "dash").websocket, false);
    assert.equal(gatewayOf({ "webservers.routes.kibana.websocket": true }, "kibana").websocket, true);
    const header = { "webservers.routes.kibana.params.proxy_set_header.values.Upgrade": "$http_upgrade" };
    assert.equal(gatewayOf(header, "kibana").websocket, true);
  });

  it("claims pass that a location passes or sets, and never what web servers say themselves", () => {
    assert.deepEqual(gatewayOf({ "services.dash.web": { passHeaders: ["Remote-User"] } }, "dash").passHeaders, [
      "Remote-User",
    ]);
    // The location sets X-Script-Name, and X-Forwarded-For as the documents do.
    assert.deepEqual(gatewayOf({}, "pgadmin4").passHeaders, ["x-script-name"]);
  });

  it("servers may be silent as long as the location that waits longest", () => {
    assert.equal(gatewayOf({}, "dash").answerSeconds, 60);
    assert.equal(gatewayOf({ limits: { answerSeconds: 7 } }, "dash").answerSeconds, 7);
    assert.equal(gatewayOf({}, "kibana").answerSeconds, 120);
    // As long as a WebSocket.
    assert.equal(gatewayOf({}, "argocd").answerSeconds, undefined);
    const second = {
      location: "/kibana-slow/",
      params: { proxy_read_timeout: { values: "1h" } },
      upstream: { app: "kibana" },
    };
    assert.equal(gatewayOf({ "webservers.routes.slow": second }, "kibana").answerSeconds, 3600);
  });

  it("checks ask for the name that users ask for, or for one of their own", () => {
    const check = (changes: Changes) =>
      gatewayOf({ "services.dash.check": { path: "/healthz", ...changes } }, "dash").destination.check;
    assert.equal(check({}).host, "protobox.test");
    assert.equal(check({ host: "dash.example" }).host, "dash.example");
    assert.equal("host" in gatewayOf({}, "dash").destination.check, false);
  });
});

describe("times of nginx", () => {
  for (const [text, seconds] of [
    ["60", 60],
    ["60s", 60],
    ["2m", 120],
    ["1h30m", 5400],
    ["1m 30s", 90],
    ["500ms", 1],
    ["1d", 86_400],
    ["x", undefined],
    ["", undefined],
    ["1y", undefined],
  ] as const)
    it(`${JSON.stringify(text)} is ${String(seconds)} seconds`, () => assert.equal(secondsOf(text), seconds));
});
