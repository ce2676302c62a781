import assert from "node:assert/strict";
import fc from "fast-check";
import { bricksOf, trustedPools } from "../../render/gluster/trustedPools.ts";
import { options } from "../../render/glusterVolumes/index.ts";
import { registry } from "../../render/registry.ts";
import { programsOn } from "../../render/registryOf.ts";
import { sharedMountsAssembly } from "../../render/sharedMounts/index.ts";
import { gatewayShared, sharedVolumes, webShared } from "../box/sharedVolumes.ts";
import { parseProtobox } from "../box/parsing.ts";
import { assertGolden } from "./golden.ts";

const box = parseProtobox({ sharedVolumes: { ...sharedVolumes, "web-shared": { ...webShared, clients: ["kube-gateway-pool"], mountPoint: "/storage/web" } } }); // prettier-ignore
const assemblyNamed = (name: string) => registry.assemblies.find((assembly) => assembly.name === name)!;
const hostsOf = (name: string, one = box) =>
  Object.values(one.hosts).filter((host) => registry.assembliesOf(one, host).includes(assemblyNamed(name))).map((host) => host.name); // prettier-ignore
const filesOf = (assembly: string, host: string, one = box) =>
  assemblyNamed(assembly).files(one, one.hosts[host]!, registry);

describe("render: shared volumes", () => {
  const shown: readonly (readonly [assembly: string, host: string])[] = [
    ["gluster", "gateway-3"],
    ["gluster-volumes", "gateway-1"],
    ["shared-mounts", "gateway-1"],
    ["shared-mounts", "webserver-2"],
  ];
  for (const [assembly, host] of shown) {
    it(`${assembly} of ${host} reads like the real thing`, () => {
      for (const { path, text } of filesOf(assembly, host))
        if (!text.startsWith("#!/bin/sh\n")) assertGolden(`${assembly}/${host}/${path}`, text);
    });
  }

  it("bring every script that the runtime calls, and link only to what they bring", () => {
    for (const [assembly, host] of shown) {
      const files = new Map(filesOf(assembly, host).map((file) => [file.path, file]));
      for (const step of ["check", "activate", "probe", "deactivate"])
        assert.match(files.get(`lifecycle/${step}`)?.text ?? "", /^#!\/bin\/sh\n/, `${assembly} ${step}`);
      for (const { path, text } of files.values()) assert.doesNotMatch(text, /^\. \.{1,2}\//m, `${assembly} ${path}`);
      const links = (files.get("lifecycle/links")?.text ?? "").trimEnd().split("\n").filter((line) => line !== ""); // prettier-ignore
      for (const target of links.map((line) => line.split(" ")[1] ?? ""))
        assert.ok(files.has(target) || target.startsWith("tls/"), `${assembly}: ${target}`);
    }
  });

  it("are on the hosts that the volumes name, and on nobody else of their pools", () => {
    assert.deepEqual(hostsOf("gluster"), ["webserver-1", "webserver-2", "gateway-1", "gateway-2", "gateway-3", "gateway-4", "gateway-5"]); // prettier-ignore
    assert.deepEqual(hostsOf("gluster-volumes"), hostsOf("gluster"));
    assert.deepEqual(hostsOf("shared-mounts"), ["webserver-1", "webserver-2", "gateway-1", "gateway-2", "gateway-3", "gateway-4", "gateway-5"]); // prettier-ignore
    const masters = ["master-1", "master-2"].map((host) => ({ host, device: "/dev/vdb" }));
    const some = parseProtobox({
      sharedVolumes: {
        some: {
          kind: "gluster",
          network: "box-network",
          replicaSets: [{ data: masters, arbiter: { host: "node-1", device: "/dev/vdb" } }],
        },
      },
    });
    for (const [host, wanted] of [
      ["master-2", ["gluster", "gluster-volumes", "shared-mounts"]],
      ["node-1", ["gluster", "gluster-volumes"]],
      ["master-3", []],
    ] as const)
      // prettier-ignore
      assert.deepEqual(
        registry.assembliesOf(some, some.hosts[host]!).map(({ name }) => name).filter((name) => !["firewall", "node-exporter", "metrics"].includes(name)), // prettier-ignore
        wanted,
        host,
      );
    assert.deepEqual(registry.assembliesOf(some, some.hosts["master-3"]!), []);
    assert.deepEqual(hostsOf("gluster", parseProtobox()), []);
  });

  it("open GlusterFS' ports to the servers of the trusted pool and to clients, on the volume's network alone", () => {
    const open = (host: string) =>
      registry.portsOf(box, box.hosts[host]!).filter(({ purpose }) => purpose.startsWith("GlusterFS"));
    const all = ["192.168.2.11", "192.168.2.12", "192.168.2.13", "192.168.2.14", "192.168.2.15", "192.168.2.1", "192.168.2.2"]; // prettier-ignore
    for (const host of hostsOf("gluster")) {
      const [management, bricks, clock] = open(host);
      assert.deepEqual(management, { network: "gateway-network", protocol: "tcp", from: all, everywhere: true, port: 24007, purpose: "GlusterFS' management" }); // prettier-ignore
      assert.deepEqual(bricks, { ...management, port: { first: 49152, last: 49215 }, purpose: "GlusterFS' bricks" });
      assert.deepEqual(clock, { ...management, port: 24006, purpose: "GlusterFS' clock" });
    }
    const alone = parseProtobox({ sharedVolumes: { "gateway-shared": gatewayShared } });
    const from = registry.portsOf(alone, alone.hosts["gateway-2"]!).find((one) => "port" in one && one.port === 24007)?.from; // prettier-ignore
    assert.deepEqual(from, ["192.168.2.11", "192.168.2.12", "192.168.2.13"]);
  });

  it("are one trusted pool where they have a host in common, however they are written, and every server of it can see to them", () => {
    assert.equal(trustedPools(box).length, 1);
    const apart = parseProtobox({ sharedVolumes: { "gateway-shared": gatewayShared, "web-shared": { ...webShared, replicaSets: [{ ...webShared.replicaSets[0], arbiter: { host: "gateway-5", device: "/dev/vdc" } }] } } }); // prettier-ignore
    const serversOf = (one: typeof apart) => trustedPools(one).map(({ servers }) => [...servers].sort());
    assert.deepEqual(serversOf(apart), [["gateway-1", "gateway-2", "gateway-3"], ["gateway-5", "webserver-1", "webserver-2"]]); // prettier-ignore
    const lists = hostsOf("gluster-volumes").map((host) => filesOf("gluster-volumes", host).find(({ path }) => path === "volumes.list")?.text); // prettier-ignore
    assert.equal(new Set(lists).size, 1, "all of them are told the same");
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.keys(sharedVolumes), { minLength: 3 }), (names) => {
        const shuffled = { ...box, sharedVolumes: Object.fromEntries(names.map((name) => [name, box.sharedVolumes[name]!])) }; // prettier-ignore
        const [pool, ...others] = trustedPools(shuffled);
        assert.deepEqual(others, []);
        assert.equal(new Set(pool?.peers).size, 7);
      }),
    );
  });

  it("have the quorum of servers where the pool is the volume's own, and that of clients always", () => {
    const [pool] = trustedPools(box);
    const alone = parseProtobox({ sharedVolumes: { "gateway-shared": gatewayShared } });
    const [own] = trustedPools(alone);
    const server = (one: typeof pool) => options(one!, one!.volumes[0]!)["cluster.server-quorum-type"];
    assert.deepEqual([server(pool), server(own)], ["none", "server"]);
    assert.equal(options(own!, own!.volumes[0]!)["cluster.quorum-type"], "auto");
    assert.equal(options(own!, own!.volumes[0]!)["auth.ssl-allow"], "gateway-1,gateway-2,gateway-3");
  });

  it("know each brick's file system by a UUID of its own", () => {
    const uuids = trustedPools(box).flatMap(({ volumes }) =>
      volumes.flatMap((volume) => bricksOf(volume).map(({ uuid }) => uuid)),
    );
    assert.equal(new Set(uuids).size, 9);
    for (const uuid of uuids) assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("of NFS and of a local directory need no GlusterFS", () => {
    const other = parseProtobox({
      sharedVolumes: {
        files: { kind: "nfs", clients: ["nodes-pool"], server: "192.168.1.7", export: "/srv/files" },
        local: { kind: "local", clients: ["nodes-pool"], directory: "/srv/local", mountPoint: "/storage/local" },
      },
    });
    const host = other.hosts["node-1"]!;
    assert.deepEqual(hostsOf("gluster", other), []);
    assert.deepEqual(programsOn(sharedMountsAssembly, other, host).flatMap(({ packages }) => packages), ["util-linux", "nfs-common"]); // prettier-ignore
    for (const unit of ["storage-shared.mount", "storage-local.mount"])
      assertGolden(`shared-mounts/node-1/systemd/${unit}`, filesOf("shared-mounts", "node-1", other).find(({ path }) => path === `systemd/${unit}`)!.text); // prettier-ignore
  });
});
