import assert from "node:assert/strict";
import { stringify } from "yaml";
import { ControlPlaneLoadBalancer, VirtualIps } from "../../components/index.ts";
import { clusterCa, controlPlaneChanges } from "../box/controlPlane.ts";
import { edit } from "../box/edit.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { protoboxValues } from "../box/protobox.ts";
import { registrationsOf } from "./registrations.ts";

const master = (name: string, last: number) =>
  [name, { addresses: { "box-network": `192.168.1.${last}` }, hostKey: hostKeyFor(name) }] as const;
const alone = {
  networks: { "box-network": "192.168.1.0/24" },
  connection: { network: "box-network" },
  hosts: Object.fromEntries([master("master-1", 21), master("master-2", 22), master("master-3", 23)]),
  virtualIps: { kube: { pool: "api", network: "box-network", address: "192.168.1.10", virtualRouterId: 3 } },
  virtualIp: "kube",
  serverNames: ["kube.plane.box"],
  ca: clusterCa,
};

describe("ControlPlaneLoadBalancer", () => {
  it("alone makes packages and one unit a host, backups first, before the address; and no secret", async () => {
    const found = await registrationsOf("config: {}", () => {
      const api = new ControlPlaneLoadBalancer("api", alone);
      new VirtualIps("api-address", { box: api.box, pool: "api" }, { dependsOn: api });
    });
    const [component] = found.filter(({ type }) => type === "ControlPlaneLoadBalancer");
    assert.deepEqual(component?.plain, {
      box: "api",
      pool: "api",
      hosts: ["master-3", "master-2", "master-1"],
      network: "box-network",
      virtualIp: "kube",
      address: "192.168.1.10",
      port: 6442,
      serverNames: ["kube.plane.box"],
      masters: ["master-1", "master-2", "master-3"],
    });
    const unit = (assembly: string, host: string) =>
      found.find(({ type, name }) => type === "Command" && name.endsWith(`${host}-${assembly}-api.pool`))!;
    const order = ["master-3", "master-2", "master-1"].map((host) => unit("control-plane", host));
    assert.ok(order[1]?.dependencies.includes(order[0]?.urn ?? ""));
    assert.ok(order[2]?.dependencies.includes(order[1]?.urn ?? ""));
    assert.ok(unit("vip", "master-3").dependencies.includes(order[2]?.urn ?? ""));
    assert.ok(order[0]?.dependencies.includes(unit("firewall", "master-3").urn));
    const text = String(order[0]?.plain["stdin"]);
    assert.match(text, /BEGIN CERTIFICATE/);
    assert.doesNotMatch(text, /PRIVATE KEY/);
    const packages = found.find(({ name }) => name === "api-master-1-packages")!;
    assert.match(String(packages.plain["stdin"]), /package haproxy\n.*package openssl\n.*mask haproxy.service/s);
  });

  it("of a stack file is made before the addresses of its hosts", async () => {
    const values = edit(protoboxValues(), controlPlaneChanges());
    const config = Object.fromEntries(Object.entries(values).map(([name, value]) => [`gatebox:${name}`, value]));
    const found = await registrationsOf(
      stringify({ config }),
      () => import(new URL("../../index.ts?control-plane", import.meta.url).href),
    );
    const last = found.find(({ name }) => name === "control-plane-master-1-control-plane-protobox.pool")!;
    const vip = found.find(({ name }) => name === "masters-pool-vips-master-3-vip-protobox.pool")!;
    assert.ok(vip.dependencies.includes(last.urn));
  });
});
