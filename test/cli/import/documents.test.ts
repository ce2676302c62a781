import assert from "node:assert/strict";
import { violationsOf, parseProtobox } from "../../box/parsing.ts";
import { boxOf, importChanged } from "./importing.ts";

// The documents' own examples: a misspelt app, a subtraction, a location of another app with that one's port, apps of which
// nothing but the port is said, one VIP of the NAT gateways.
const nat = "all.children.nat_gateway_pool";
const ports = { arogcd: 30160, dash: 30161, keycloak: 30162, kibana: 30163, "v-admin": 30164, pgadmin4: 30165 };
const names = Object.keys(ports).map((app) => (app === "arogcd" ? "argocd" : app));
const imported = importChanged({
  hosts: {
    [`${nat}.vars.vips.gateway-network`]: undefined,
    [`${nat}.hosts.gateway-4.gateway-network`]: undefined,
    [`${nat}.hosts.gateway-5.gateway-network`]: undefined,
  },
  apps: { app: Object.fromEntries(Object.entries(ports).map(([app, port]) => [app, { port }])) },
  gateways: {
    "proxies.routes.argocd.port": "{{ app.arogcd.port }}",
    "proxies.routes.argocd.destination.group.port": "{{ app.arogcd.port }}",
    "proxies.routes.v-admin.port": "{{ app.v-admin.port }}",
    "proxies.routes.v-admin.destination.group.port": "{{ app.v-admin.port }}",
  },
  web: {
    "v-admin": undefined,
    "pgadmin4.webserver.0.location": "/v-admin/",
    "pgadmin4.webserver.0.params.proxy_pass.values": "http://stream_vadmin",
    "pgadmin4.stream": { name: "stream_vadmin", port: 30164, group: "kube_gateway_pool" },
  },
});

describe("the import of the documents' own inventory", () => {
  it("tells what is wrong in it, and what it does not say", () => {
    const reported = imported.notes.filter(({ kind }) => kind !== "left");
    assert.deepEqual(
      reported.map(({ kind, path }) => `${kind} ${path}`).filter((line) => !line.startsWith("fill networks.")),
      [
        "fill connection.knownHosts",
        "changed group_vars/all.yml: app.arogcd",
        ...names.map((app) => `fill apps.${app}.namespace`),
        "changed group_vars/webservers_pool.yml: pgadmin4.stream.port",
        "changed group_vars/kube_gateway_pool/proxy.yml: proxies.routes.v-admin.port",
        "fill webservers",
        "fill natGateways[0].snatAddress",
      ],
    );
  });

  it("is refused until it is filled in, and by nothing else", () => {
    const refused = violationsOf(() => boxOf(imported));
    assert.equal(refused.length, names.length + 1);
    assert.ok(
      refused.every((line) => line.includes("TO-FILL-IN")),
      refused.join("\n"),
    );
  });

  it("is the Protobox's after that, as far as the documents say it", () => {
    const { apps, virtualIps, natGateways, pools } = parseProtobox();
    const { pool, network, address, virtualRouterId, priorities } = virtualIps["natOut"]!;
    const box = boxOf(imported, {
      ...Object.fromEntries(names.map((app) => [`apps.${app}.namespace`, apps[app]!.namespace])),
      ...Object.fromEntries(names.map((app) => [`apps.${app}.targetPort`, 8080])),
      // The documents do not say it, which is a warning.
      "connection.from": ["192.0.2.7"],
      "virtualIps.natOut": { pool, network, address, virtualRouterId, priorities, syncGroup: "nat-gateway-box" },
      "natGateways.0.snatAddress": "natOut",
    });
    assert.deepEqual(box.apps, apps);
    assert.deepEqual(box.pools, pools);
    assert.deepEqual(box.natGateways, [{ ...natGateways[0], name: "nat-gateway" }]);
    assert.deepEqual(box.virtualIps["nat-gateway-box"], { ...virtualIps["nat"], name: "nat-gateway-box" });
    assert.equal(
      box.webservers!.routes.find(({ location }) => location === "/v-admin/")?.upstream.members[0]?.port,
      30164,
    );
    assert.deepEqual(box.warnings, []);
  });
});
