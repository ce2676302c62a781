import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Host } from "../../box/model.ts";
import { packagesOf } from "../../render/registryOf.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { vipAssembly, vipGroupFiles, vipGroups } from "../../render/vip/index.ts";
import { keepalivedBase, keepalivedVip, vipAddress } from "../../render/vip/keepalived.ts";
import { vipOnHost, vipsOfHost } from "../../render/vip/onHost.ts";
import type { VipOnHost } from "../../render/vip/onHost.ts";
import { parseProtobox } from "../box/parsing.ts";
import { assertGolden } from "./golden.ts";
import { haBox, haHost, haRegistry, vipFiles, virtualIps } from "./sampleHa.ts";
import { edge6, ipv6Box, ipv6Host } from "./sampleIpv6.ts";

const box = haBox();
const here = (name: "webserver-1" | "gateway-1" | "gateway-4", vip: keyof typeof virtualIps): VipOnHost =>
  vipOnHost(box, haHost(name), virtualIps[vip], haRegistry);

const textOf = (files: readonly TreeFile[], path: string): string =>
  files.find((file) => file.path === path)?.text ?? "";

describe("render/vip: keepalived's configuration", () => {
  it("reads like the real thing", () => {
    for (const host of ["webserver-1", "gateway-1", "gateway-4"])
      for (const file of vipFiles(box, haHost(host)))
        if (/keepalived\//.test(file.path)) assertGolden(`vip/${host}/${file.path}`, file.text);
  });

  it("makes every host a backup with a priority of its own, and sends its adverts to the peers by unicast", () => {
    const text = keepalivedVip(here("webserver-1", "edge"));
    assert.match(text, /state BACKUP\n/);
    assert.match(text, /priority 200\n {4}advert_int 0\.1\n/);
    assert.match(text, /unicast_src_ip 192\.168\.0\.30\n/);
    assert.match(
      text,
      /unicast_peer \{\n {8}192\.168\.0\.32 min_ttl 255 max_ttl 255\n {8}include .*\/edge\.peers\n {4}\}/,
    );
    assert.doesNotMatch(text, /nopreempt|state MASTER|auth_/);
  });

  it("leaves preemption to choice", () => {
    assert.match(keepalivedVip(here("gateway-1", "kube")), /^ {4}nopreempt$/m);
  });

  it("lets a host be drained: by priority, or at once where priority does not move the address", () => {
    assert.match(
      keepalivedVip(here("webserver-1", "edge")),
      /track_file \{\n {8}nginx_health\n {8}edge_joining\n {8}drain\n {4}\}/,
    );
    assert.match(
      keepalivedVip(here("gateway-1", "kube")),
      /track_file \{\n {8}haproxy_health\n {8}kube_joining\n {8}drain weight 0\n/,
    );
  });

  it("tracks what makes the holder useful", () => {
    assert.match(
      keepalivedVip(here("webserver-1", "edge")),
      /track_file \{\n {8}nginx_health\n {8}edge_joining\n {8}drain\n {4}\}\n@events {5}track_process/,
    );
    assert.match(keepalivedVip(here("webserver-1", "edge")), /track_interface \{\n {8}gateway-network\n/);
    assert.deepEqual(here("gateway-1", "kube").track, {
      kind: "daemon",
      process: "haproxy",
      address: "192.168.1.11",
      port: 8405,
      path: "/healthz",
    });
    assert.deepEqual(here("gateway-4", "nat").track, { kind: "forwarding" });
    assert.deepEqual(here("gateway-4", "natOut").trackInterfaces, ["box-network"]);
    assert.deepEqual(here("webserver-1", "egress").trackInterfaces, ["public-network"]);
  });

  it("keeps the Protobox's egress when nginx fails, and its clients' address with nginx", () => {
    const protobox = parseProtobox();
    const tracked = ["edge", "egress", "egressOut", "nat", "natOut", "gateways"].map((name) => {
      const vip = protobox.virtualIps[name]!;
      const host = protobox.hosts[protobox.pools[vip.pool]!.members[0]!]!;
      const { track, trackInterfaces } = vipOnHost(protobox, host, vip, haRegistry);
      return [name, track.kind === "daemon" ? track.process : track.kind, trackInterfaces.join()];
    });
    assert.deepEqual(tracked, [
      ["edge", "nginx", "gateway-network"],
      ["egress", "forwarding", "public-network"],
      ["egressOut", "forwarding", "gateway-network"],
      ["nat", "forwarding", "gateway-network"],
      ["natOut", "forwarding", "box-network"],
      ["gateways", "haproxy", "box-network"],
    ]);
  });

  it("keeps an address with nginx that is the clients' and the box's own", () => {
    assert.equal(here("webserver-1", "edge").track.kind, "daemon");
    const both = { ...box, virtualIps: { ...virtualIps, edge6: { ...edge6 } } };
    assert.equal(vipOnHost(both, haHost("webserver-1"), virtualIps.edge, haRegistry).track.kind, "daemon");
  });

  it("gives keepalived time for an advert before it is taken to hang", () => {
    const settingsOf = (advertIntervalMs: number): string => {
      const slow = haBox({ virtualIps: { edge: { ...virtualIps.edge, advertIntervalMs } } });
      return textOf(vipFiles(slow, haHost("webserver-1")), "lifecycle/settings");
    };
    assert.equal(settingsOf(100), "idle_readings='4'\n");
    // 2 s of readings, five a second.
    assert.equal(settingsOf(1000), "idle_readings='10'\n");
    const watch = textOf(vipFiles(box, haHost("webserver-1")), "scripts/watch");
    assert.match(watch, /\$idle >= \$idle_readings/);
    assert.match(watch, /\^idle_readings='\(\\d\+\)'\$/);
  });

  it("groups the addresses of a sync group, as one unit", () => {
    const groups = vipGroups(box, "nat_gateway_pool");
    assert.deepEqual(
      groups.map((group) => group.map((vip) => vip.name)),
      [["nat", "natOut"]],
    );
    const files = vipGroupFiles(box, haHost("gateway-4"), groups[0]!, haRegistry);
    assert.deepEqual(
      files.map((file) => file.path),
      ["nat.conf", "nat.address", "natOut.conf", "natOut.address"].map((one) => `keepalived/vips/${one}`),
    );
    assert.match(files[0]!.text, /vrrp_sync_group together_nat \{\n {4}group \{\n {8}nat\n {8}natOut\n/);
    assert.doesNotMatch(files[2]!.text, /vrrp_sync_group/);
    assert.deepEqual(
      vipsOfHost(box, haHost("gateway-2")).map((vip) => vip.name),
      ["kube"],
    );
  });

  it("speaks IPv6 in an instance of its own, between the hosts' own IPv6 addresses", () => {
    const dual = ipv6Box();
    const files = vipFiles(dual, ipv6Host("webserver-1"));
    for (const file of files) if (file.path.includes("edge6")) assertGolden(`vip6/${file.path}`, file.text);
    const six = vipOnHost(dual, ipv6Host("webserver-1"), edge6, haRegistry);
    assert.match(keepalivedVip({ ...six, peers: [] }), /unicast_peer \{\n {8}::1\n/);
    assert.throws(() => keepalivedVip({ ...six, ownAddress: "192.168.1.14" }), /of different families; make two/);
    assert.throws(() => vipFiles(dual, haHost("webserver-1")), /IPv6 addresses of webserver-1: there is none for/);
  });

  it("is the same for IPv4 where there is an IPv6 address too", () => {
    const others = new Map(vipFiles(box, haHost("webserver-1")).map((file) => [file.path, file.text]));
    const changed = vipFiles(ipv6Box(), ipv6Host("webserver-1")).filter((file) => others.get(file.path) !== file.text);
    assert.deepEqual(
      changed.map((file) => file.path),
      ["keepalived/vips/edge6.conf", "keepalived/vips/edge6.address"],
    );
  });

  it("groups addresses of both families", () => {
    const both = ipv6Box({ virtualIps: { edge: virtualIps.edge, edge6: { ...edge6, syncGroup: "edge" } } });
    const leader = textOf(vipFiles(both, ipv6Host("webserver-1")), "keepalived/vips/edge.conf");
    assert.match(leader, /vrrp_sync_group together_edge \{\n {4}group \{\n {8}edge\n {8}edge6\n/);
  });

  it("sends adverts to nobody else when a host is alone", () => {
    const alone = { ...here("gateway-4", "nat"), peers: [] };
    assert.match(keepalivedVip(alone), /unicast_peer \{\n {8}127\.0\.0\.1\n/);
    assert.equal(vipAddress(alone), "nat 192.168.1.254/24 box-network 192.168.1.14\n");
  });

  it("throws for what the model never lets through", () => {
    const vip = here("gateway-4", "nat");
    const with_ = (change: Partial<VipOnHost>) => (): string => keepalivedVip({ ...vip, ...change });
    assert.throws(with_({ name: "a b" }), /"a b" is not a plain name/);
    assert.throws(with_({ interface: "x}" }), /not an interface name/);
    assert.throws(with_({ address: "192.168.1" }), /is not an IP address/);
    assert.throws(with_({ address: "192.168.1.15" }), /192\.168\.1\.15 is a host's own address/);
    assert.throws(with_({ peers: ["192.168.1.14"] }), /among its own peers/);
    assert.throws(with_({ priority: 255 }), /255 is more than 254/);
    assert.throws(with_({ priority: 1 }), /1 is not a whole number/);
    assert.throws(with_({ virtualRouterId: 0 }), /0 is not a whole number/);
    assert.throws(with_({ advertIntervalMs: 105 }), /steps of 10 ms/);
    assert.throws(() => keepalivedVip(vip, ["nat"]), /would follow itself/);
    const daemon = here("webserver-1", "edge").track;
    assert.throws(
      () => keepalivedBase({ host: "a", tracks: [daemon, { ...daemon, port: 1 } as typeof daemon] }),
      /two different places/,
    );
    assert.throws(with_({ track: { ...daemon, process: "a b" } as typeof daemon }), /"a b" is not a name of a process/);
  });
});

describe("render/vip: the assembly", () => {
  const files = vipFiles(box, haHost("webserver-1"));
  const isScript = ({ text }: TreeFile): boolean => text.startsWith("#!");
  const generated = files.filter(
    (file) => /^(?:lifecycle|systemd|sysctl|interfaces)\b/.test(file.path) && !isScript(file),
  );
  for (const file of generated)
    it(`${file.path} reads like the real thing`, () => assertGolden(`vip/${file.path}`, file.text));

  it("brings every script that the runtime calls, and links only to files that it brings", () => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    for (const step of ["check", "activate", "probe", "deactivate"]) {
      const file = byPath.get(`lifecycle/${step}`);
      assert.ok(file && isScript(file), step);
      assert.equal(file.mode, "0755");
    }
    for (const line of (byPath.get("lifecycle/links")?.text ?? "").trimEnd().split("\n")) {
      const [link = "", target = ""] = line.split(" ");
      assert.match(link, /^\/etc\/(?:systemd\/system|sysctl\.d)\//);
      assert.ok(byPath.has(target), `${link} → ${target}`);
    }
  });

  it("has the same scripts on every host, which stand alone", () => {
    const scripts = (all: readonly TreeFile[]): readonly TreeFile[] => all.filter(isScript);
    assert.deepEqual(scripts(vipFiles(box, haHost("gateway-4"))), scripts(files));
    assert.deepEqual(scripts(vipFiles(ipv6Box(), ipv6Host("webserver-1"))), scripts(files));
    for (const { path, text, mode } of scripts(files)) {
      assert.doesNotMatch(text, /^\. \.{1,2}\//m, path);
      assert.equal(mode, "0755", path);
    }
  });

  it("does not have a running keepalived restart or reload by itself: what decides that is what it has always been", () => {
    const sum = (path: string): string => createHash("sha256").update(textOf(files, path)).digest("hex").slice(0, 16);
    assert.equal(sum("scripts/start"), "87a5efe3ef011057");
    assert.equal(sum("scripts/events"), "866daa35499ee82b");
  });

  it("does not start keepalived without the host's firewall", () => {
    assert.match(
      textOf(files, "systemd/keepalived.conf"),
      /\[Unit\]\nRequires=gatebox-firewall\.service\nAfter=gatebox-firewall\.service\n/,
    );
  });

  it("names the interfaces that it goes by, those of other networks included", () => {
    assert.equal(textOf(files, "interfaces.used"), "public-network\ngateway-network\n");
    assert.equal(textOf(vipFiles(box, haHost("gateway-1")), "interfaces.used"), "gateway-network\nbox-network\n");
  });

  it("opens VRRP to each network and family of the host's addresses", () => {
    const vrrp = { protocol: "vrrp", purpose: "VRRP" };
    const portsOf = (of: typeof box, host: Host): unknown => vipAssembly.ports?.(of, host);
    assert.deepEqual(portsOf(ipv6Box(), ipv6Host("webserver-1")), [
      { ...vrrp, network: "public-network", from: ["192.168.0.0/24"] },
      { ...vrrp, network: "gateway-network", from: ["192.168.2.0/24"] },
      { ...vrrp, network: "public-network", from: ["fd00:0:0:a::/64"], purpose: "VRRP over IPv6" },
    ]);
    assert.deepEqual(portsOf(box, haHost("gateway-1")), [
      { ...vrrp, network: "gateway-network", from: ["192.168.2.0/24"] },
    ]);
  });

  it("is on the hosts of pools with virtual IPs", () => {
    assert.deepEqual(vipAssembly.pools(box), ["webservers_pool", "nat_gateway_pool", "kube_gateway_pool"]);
  });

  it("names the packages whose programs it calls", () => {
    assert.deepEqual(packagesOf(vipAssembly.programs), {
      packages: ["iproute2", "iputils-arping", "keepalived", "procps", "socat"],
      maskedUntilConfigured: ["keepalived.service"],
    });
  });
});
