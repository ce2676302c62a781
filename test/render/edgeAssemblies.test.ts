import assert from "node:assert/strict";
import type { Box } from "../../box/model.ts";
import type { OpenPort } from "../../render/assembly.ts";
import { gatewayAssembly } from "../../render/gateway/index.ts";
import { registryOf } from "../../render/registryOf.ts";
import { webserverAssembly } from "../../render/webserver/index.ts";
import { haBox, haHost } from "./sampleHa.ts";
import { gatewayHost, gatewayRoute, sampleBox, webserverHost } from "./sampleRoutes.ts";

const registry = registryOf([gatewayAssembly, webserverAssembly]);

const line = (one: OpenPort): string => {
  const { network, protocol } = one;
  if (!("port" in one)) return `${network} ${protocol}`;
  const range = typeof one.port === "number" ? String(one.port) : `${one.port.first}-${one.port.last}`;
  return `${network} ${protocol} ${range}${one.untrackedOnly === true ? " untracked" : ""}`;
};

describe("render/gateway: the assembly", () => {
  const box = sampleBox({ gateway: [gatewayRoute(), gatewayRoute({ name: "database", port: 5432 })] });

  it("is on the pool's hosts and on no other", () => {
    assert.deepEqual(registry.assembliesOf(box, gatewayHost), [gatewayAssembly]);
    assert.deepEqual(registry.assembliesOf(box, webserverHost), [webserverAssembly]);
  });

  it("opens declared routes past connection tracking, its metrics, and what the cluster's nodes ask each other", () => {
    const ports = registry.portsOf(box, gatewayHost);
    assert.deepEqual(ports.map(line), [
      "box-network tcp 8405",
      "gateway-network tcp 1-65535 untracked",
      "box-network tcp 10250",
      "box-network tcp 10256",
      "box-network tcp 179",
      "box-network tcp 5473",
      "box-network udp 4789",
      "box-network udp 8472",
      "box-network udp 51820-51821",
      "box-network ipip",
      "box-network tcp 30000-32767",
      "box-network udp 30000-32767",
    ]);
    assert.deepEqual(
      ports.flatMap(({ path }) => path ?? []),
      ["kubeGateways.metricsPort"],
    );
  });

  it("opens nothing on the gateway network that the border does not let past connection tracking", () => {
    for (const one of registry.portsOf(box, gatewayHost).filter(({ network }) => network === "gateway-network"))
      assert.ok("untrackedOnly" in one && one.untrackedOnly, line(one));
  });

  it("forwards what begins on the network of the cluster's nodes", () => {
    assert.deepEqual(registry.forwardsFrom(box, gatewayHost), ["box-network"]);
    assert.deepEqual(registry.forwardsFrom(box, webserverHost), []);
  });

  it("names the interfaces that its rules go by", () => {
    const used = gatewayAssembly.files(box, gatewayHost, registry).find(({ path }) => path === "interfaces.used");
    assert.equal(used?.text, "gateway-network\nbox-network\n");
  });
});

describe("render/webserver: the assembly", () => {
  it("opens HTTP and HTTPS on the clients' network only", () => {
    assert.deepEqual(registry.portsOf(sampleBox(), webserverHost).map(line), [
      "public-network tcp 80",
      "public-network tcp 443",
    ]);
  });
});

describe("render: what a virtual IP of the edge tracks", () => {
  const tracked = (box: Box, host: string, vip: string): unknown =>
    registry.trackingOf(box, haHost(host), box.virtualIps[vip]!);
  const box = haBox();
  const vipOn = (pool: string, network: string): string =>
    Object.values(box.virtualIps).find((vip) => vip.pool === pool && vip.network === network)!.name;

  it("is HAProxy for one on the gateway network, on the host's own metrics address", () => {
    const { pool, network, backendNetwork } = box.kubeGateways!;
    assert.deepEqual(tracked(box, "gateway-2", vipOn(pool, network)), {
      track: { kind: "daemon", process: "haproxy", address: "192.168.1.12", port: 8405, path: "/healthz" },
      networks: [backendNetwork],
    });
  });

  it("is nginx for one on the clients' network", () => {
    const { pool, network, upstreamNetwork } = box.webservers!;
    assert.deepEqual(tracked(box, "webserver-1", vipOn(pool, network)), {
      track: { kind: "daemon", process: "nginx", address: "127.0.0.1", port: 8404, path: "/-/status" },
      networks: [upstreamNetwork],
    });
  });

  it("is the interface for one on another network", () => {
    const name = vipOn(box.kubeGateways!.pool, box.kubeGateways!.network);
    const elsewhere = { ...box.virtualIps[name]!, network: "box-network" };
    assert.deepEqual(registry.trackingOf(box, haHost("gateway-2"), elsewhere), {
      track: { kind: "interface" },
      networks: [],
    });
  });
});
