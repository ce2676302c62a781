import assert from "node:assert/strict";
import type { Box } from "../../box/model.ts";
import { controlPlaneRoute } from "../../render/controlPlane/haproxy.ts";
import { controlPlaneFiles } from "../../render/controlPlane/index.ts";
import { portConflicts } from "../../render/portConflicts.ts";
import { targetsOf } from "../../render/prometheus/targets.ts";
import { registry } from "../../render/registry.ts";
import { vipFiles } from "../../render/vip/index.ts";
import { boxUnits } from "../../render/boxUnits.ts";
import { controlPlaneChanges } from "../box/controlPlane.ts";
import { parseProtobox } from "../box/parsing.ts";
import { assertGolden } from "./golden.ts";
import { monitoringPlace } from "./sampleMonitoring.ts";

/** The Protobox whose load balancers are the kube gateways, with a VIP of theirs beside it. */
function onGateways(): Box {
  return parseProtobox({
    ...controlPlaneChanges(),
    "virtualIps.kube": {
      pool: "kube-gateway-pool",
      network: "box-network",
      address: "192.168.1.10",
      virtualRouterId: 3,
    },
    "controlPlane.masters": "masters-pool",
  });
}

describe("render/controlPlane", () => {
  const box = parseProtobox(controlPlaneChanges());
  const master = box.hosts["master-1"]!;
  const generated = [
    "haproxy/base.cfg",
    "haproxy/routes/6442.cfg",
    "systemd/gatebox-control-plane.service",
    "systemd/gatebox-control-plane-sessions.service",
    "lifecycle/settings",
    "lifecycle/links",
  ];

  for (const path of generated) {
    it(`${path} reads like the real thing`, () => {
      const file = controlPlaneFiles(box, master).find((one) => one.path === path);
      assertGolden(`control-plane/${path}`, file?.text ?? "");
    });
  }

  it("is on the hosts of the VIP, with firewall and VIP, and on none without the section", () => {
    const hostsOf = (one: Box) =>
      Object.values(one.hosts).flatMap((host) =>
        registry.assembliesOf(one, host).some(({ name }) => name === "control-plane") ? [host.name] : [],
      );
    assert.deepEqual(hostsOf(box), ["master-1", "master-2", "master-3"]);
    assert.deepEqual(hostsOf(onGateways()), ["gateway-1", "gateway-2", "gateway-3"]);
    assert.deepEqual(hostsOf(parseProtobox()), []);
    const trees = boxUnits(box, "gatebox").filter(({ host }) => host === "master-1");
    assert.deepEqual(trees.map(({ assembly }) => assembly).sort(), [
      "control-plane",
      "firewall",
      "metrics",
      "node-exporter",
      "vip",
    ]);
  });

  it("opens the API and its own health on the VIP's network, and on a master what makes it one; etcd to masters alone", () => {
    const portsOn = (one: Box, host: string) =>
      registry
        .portsOf(one, one.hosts[host]!)
        .flatMap((open) =>
          "port" in open && open.network === "box-network" ? [{ port: open.port, from: open.from }] : [],
        );
    const open = portsOn(box, "master-2");
    for (const port of [6442, 8406, 6443, 10250]) assert.ok(open.some((one) => one.port === port && one.from === undefined), String(port)); // prettier-ignore
    const etcd = open.filter(({ port }) => typeof port === "object" && port.first === 2379);
    assert.deepEqual(etcd, [
      { port: { first: 2379, last: 2380 }, from: ["192.168.1.21", "192.168.1.22", "192.168.1.23"] },
    ]);
    const elsewhere = portsOn(onGateways(), "gateway-1").map(({ port }) => port);
    assert.ok(elsewhere.includes(6442) && !elsewhere.includes(6443));
    assert.deepEqual(registry.forwardsFrom(box, master), ["box-network"]);
  });

  it("has etcd asked for its metrics on masters, by Prometheus alone, where the stack says at which port", () => {
    const watched = parseProtobox({
      ...controlPlaneChanges(),
      "controlPlane.etcdMetricsPort": 2381,
      monitoring: { ...monitoringPlace, prometheus: {} },
    });
    const targets = targetsOf(watched, watched.hosts["gateway-4"]!, registry).filter(({ job }) => job === "etcd");
    assert.deepEqual(targets.map(({ place, host }) => `${host} ${place}`), ["master-1 192.168.1.21:2381", "master-2 192.168.1.22:2381", "master-3 192.168.1.23:2381"]); // prettier-ignore
    const open = registry.portsOf(watched, master).filter((one) => "port" in one && one.port === 2381);
    assert.deepEqual(open.map(({ from }) => from), [["192.168.1.14", "192.168.1.15"]]); // prettier-ignore
    const jobs = (one: Box) => targetsOf(one, one.hosts["gateway-4"]!, registry).map(({ job }) => job);
    assert.ok(!jobs(box).includes("etcd"));
    assert.deepEqual(portConflicts(registry, watched), []);
    const taken = parseProtobox({ ...controlPlaneChanges(), "controlPlane.etcdMetricsPort": 2380 });
    assert.deepEqual(portConflicts(registry, taken).map(({ path }) => path), ["controlPlane.etcdMetricsPort"]); // prettier-ignore
  });

  it("has the VIP track the load balancer's own health, by a name that is not the gateways' HAProxy's", () => {
    const vip = box.virtualIps["kube"]!;
    assert.deepEqual(registry.trackingOf(box, master, vip), {
      track: { kind: "daemon", process: "kube_api_proxy", address: "192.168.1.21", port: 8406, path: "/healthz" },
      networks: [],
      exclusive: true,
    });
    const conf = vipFiles(box, master, registry).find(({ path }) => path === "keepalived/keepalived.conf")!.text;
    assert.match(conf, /process kube_api_proxy\n/);
    assert.doesNotMatch(conf, /process haproxy/);
  });

  it("shares a host with a gateway: both are watched there, and no place on the host is both's", () => {
    const shared = onGateways();
    const host = shared.hosts["gateway-1"]!;
    const both = { ...shared, virtualIps: { ...shared.virtualIps, gateways: { ...shared.virtualIps["gateways"]!, priorities: { "gateway-1": 200 } } } }; // prettier-ignore
    const list = vipFiles(both, host, registry).find(({ path }) => path === "keepalived/health.list")!.text;
    assert.deepEqual(list.trimEnd().split("\n").sort(), ["haproxy 192.168.1.11 8405 /healthz", "kube_api_proxy 192.168.1.11 8406 /healthz"]); // prettier-ignore
    const places = (assembly: string) =>
      registry.assemblies
        .find(({ name }) => name === assembly)!
        .files(shared, host, registry)
        .filter(({ path }) => /^(?:lifecycle\/(?:links|activate)|haproxy\/|systemd\/)/.test(path))
        .flatMap(({ text }) => text.match(/\/(?:run|etc\/systemd)\/[A-Za-z0-9_./-]*[A-Za-z0-9_]/g) ?? []);
    const gateways = new Set(places("gateway"));
    const common = new Set(places("control-plane").filter((place) => gateways.has(place)));
    assert.deepEqual([...common], ["/etc/systemd/system/haproxy.service.d/gatebox.conf"]);
    assert.deepEqual(portConflicts(registry, shared), []);
  });

  it("has a port that another program of a host has reported", () => {
    const of = (changes: object) => portConflicts(registry, parseProtobox({ ...controlPlaneChanges(), ...changes })).map(({ path }) => path); // prettier-ignore
    assert.deepEqual(of({}), []);
    assert.deepEqual(of({ "controlPlane.metricsPort": 9100 }), ["controlPlane.metricsPort", "monitoring.nodeExporter.port"]); // prettier-ignore
    assert.deepEqual(of({ "controlPlane.port": 10250 }), ["controlPlane.port"]);
    assert.deepEqual(of({ "controlPlane.metricsPort": 22 }), ["controlPlane.metricsPort"]);
  });

  it("asks for the address where there is no name, and refuses a text that would break out of its line", () => {
    const controlPlane = { ...box.controlPlane!, serverNames: [] };
    const route = controlPlaneRoute(controlPlane);
    assert.match(route, /hdr Host 192\.168\.1\.10$/m);
    assert.doesNotMatch(route, /verifyhost|check-sni/);
    assert.throws(() => controlPlaneRoute({ ...controlPlane, serverNames: ["a\n    stats"] }), /is not a plain name/);
    assert.throws(() => controlPlaneRoute({ ...controlPlane, masters: [] }), /no masters/);
  });
});
