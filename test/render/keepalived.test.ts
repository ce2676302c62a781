import assert from "node:assert/strict";
import { keepalivedBase, keepalivedVip, vipAddress } from "../../render/keepalived.ts";
import { parseProtobox } from "../box/parsing.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { vipFiles, vipGroupFiles, vipGroups, vipOnHost, vipsOfHost } from "../../render/vip.ts";
import { vipPackages } from "../../render/vipLifecycle.ts";
import type { VipOnHost } from "../../render/vipOnHost.ts";
import { check, checkScript, withTree } from "./checkers.ts";
import type { Verdict } from "./checkers.ts";
import { assertGolden } from "./golden.ts";
import { haBox, haHost, virtualIps } from "./sampleHa.ts";
import { edge6, ipv6Box, ipv6Host } from "./sampleIpv6.ts";

const box = haBox();
const here = (name: "webserver-1" | "gateway-1" | "gateway-4", vip: keyof typeof virtualIps): VipOnHost =>
  vipOnHost(box, haHost(name), virtualIps[vip]);

/**
 * `keepalived --config-test` as the host's check runs it, with the interfaces that the configuration names, in network
 * and mount namespaces of its own. Warnings count.
 */
function checkKeepalived(files: readonly TreeFile[], id: "events" | "silent"): Verdict {
  // Programs that run as root must lie where root alone may write; a temporary directory is no such place.
  const moved = files.map((file) => ({
    ...file,
    text: file.text
      .replaceAll("/etc/gatebox/vip/", "/mnt/vip/")
      .replaceAll("include /var/lib/gatebox/vip/kept/", "include /mnt/kept/"),
  }));
  return withTree(moved, (tree) => {
    const script = `mount -t tmpfs -o mode=0755 tmpfs /mnt && cp -r ${tree} /mnt/vip && chmod 0755 /mnt/vip && mkdir /mnt/kept
      for one in /mnt/vip/keepalived/vips/*.address; do : >"/mnt/kept/$(basename "$one" .address).peers"; done
      for one in public-network gateway-network box-network; do ip link add "$one" type bridge && ip link set "$one" up; done
      keepalived --config-test --config-id ${id} --use-file /mnt/vip/keepalived/keepalived.conf`;
    return check("unshare", ["-rmn", "sh", "-euc", script]);
  });
}

describe("render/keepalived", () => {
  it("reads like the real thing", () => {
    for (const host of ["webserver-1", "gateway-1", "gateway-4"])
      for (const file of vipFiles(box, haHost(host)))
        if (/keepalived\//.test(file.path)) assertGolden(`vip/${host}/${file.path}`, file.text);
  });

  it("is accepted by keepalived without a warning, with process events and without", () => {
    for (const host of ["webserver-1", "gateway-1", "gateway-4"])
      for (const id of ["events", "silent"] as const)
        assert.deepEqual(checkKeepalived(vipFiles(box, haHost(host)), id), { ok: true, words: "" }, `${host} ${id}`);
  });

  it("is refused by keepalived when it is wrong, so that the test above can fail", () => {
    const files = vipFiles(box, haHost("gateway-4")).map((file) => ({
      ...file,
      text: file.text.replace("priority", "priorty"),
    }));
    const { ok, words } = checkKeepalived(files, "events");
    assert.equal(ok, false);
    assert.match(words, /Unknown keyword 'priorty'/);
  });

  it("makes every host a backup with a priority of its own, and tells the peers by unicast", () => {
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
    assert.deepEqual(here("gateway-1", "kube").use, {
      kind: "daemon",
      process: "haproxy",
      address: "192.168.1.11",
      port: 8405,
      path: "/healthz",
    });
    assert.deepEqual(here("gateway-4", "nat").use, { kind: "forwarding" });
    assert.deepEqual(here("gateway-4", "natOut").alsoNeeds, ["box-network"]);
    assert.deepEqual(here("webserver-1", "egress").alsoNeeds, ["public-network"]);
  });

  it("keeps the Protobox's way out when nginx fails, and its clients' address with nginx", () => {
    const protobox = parseProtobox();
    const uses = ["edge", "egress", "egressOut", "nat", "natOut", "gateways"].map((name) => {
      const vip = protobox.virtualIps[name]!;
      const host = protobox.hosts[protobox.pools[vip.pool]!.members[0]!]!;
      const { use, alsoNeeds } = vipOnHost(protobox, host, vip);
      return [name, use.kind === "daemon" ? use.process : use.kind, alsoNeeds.join()];
    });
    assert.deepEqual(uses, [
      ["edge", "nginx", "gateway-network"],
      ["egress", "forwarding", "public-network"],
      ["egressOut", "forwarding", "gateway-network"],
      ["nat", "forwarding", "gateway-network"],
      ["natOut", "forwarding", "box-network"],
      ["gateways", "haproxy", "box-network"],
    ]);
  });

  it("keeps an address with nginx that is the clients' and the box's own", () => {
    assert.equal(here("webserver-1", "edge").use.kind, "daemon");
    const both = { ...box, virtualIps: { ...virtualIps, edge6: { ...edge6 } } };
    assert.equal(vipOnHost(both, haHost("webserver-1"), virtualIps.edge).use.kind, "daemon");
  });

  it("gives keepalived time for an advert before it is taken to hang", () => {
    const watchOf = (advertIntervalMs: number): string => {
      const slow = haBox({ virtualIps: { edge: { ...virtualIps.edge, advertIntervalMs } } });
      return vipFiles(slow, haHost("webserver-1")).find(({ path }) => path === "scripts/watch")!.text;
    };
    assert.match(watchOf(100), /"\$idle" -ge 4 \]/);
    // 2 s of readings, five a second.
    assert.match(watchOf(1000), /"\$idle" -ge 10 \]/);
  });

  it("groups what moves together, as one unit", () => {
    const groups = vipGroups(box, "nat_gateway_pool");
    assert.deepEqual(
      groups.map((group) => group.map((vip) => vip.name)),
      [["nat", "natOut"]],
    );
    const files = vipGroupFiles(box, haHost("gateway-4"), groups[0]!);
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
    for (const file of files)
      if (/edge6|lifecycle\/check/.test(file.path)) assertGolden(`vip6/${file.path}`, file.text);
    for (const id of ["events", "silent"] as const)
      assert.deepEqual(checkKeepalived(files, id), { ok: true, words: "" }, id);
    const six = vipOnHost(dual, ipv6Host("webserver-1"), edge6);
    const alone = files.map((file) =>
      file.path === "keepalived/vips/edge6.conf" ? { ...file, text: keepalivedVip({ ...six, peers: [] }) } : file,
    );
    assert.deepEqual(checkKeepalived(alone, "events"), { ok: true, words: "" });
    assert.throws(() => keepalivedVip({ ...six, ownAddress: "192.168.1.14" }), /of different families; make two/);
    assert.throws(() => vipFiles(dual, haHost("webserver-1")), /IPv6 addresses of webserver-1: there is none for/);
  });

  it("changes no IPv4 text where there is an IPv6 address too, but for what looks after that", () => {
    const others = new Map(vipFiles(box, haHost("webserver-1")).map((file) => [file.path, file.text]));
    const changed = vipFiles(ipv6Box(), ipv6Host("webserver-1")).filter((file) => others.get(file.path) !== file.text);
    assert.deepEqual(
      changed.map((file) => file.path),
      ["lifecycle/check", "keepalived/vips/edge6.conf", "keepalived/vips/edge6.address"],
    );
  });

  it("groups addresses of both families", () => {
    const together = ipv6Box({ virtualIps: { edge: virtualIps.edge, edge6: { ...edge6, syncGroup: "edge" } } });
    const files = vipFiles(together, ipv6Host("webserver-1"));
    assert.deepEqual(checkKeepalived(files, "events"), { ok: true, words: "" });
    const leader = files.find(({ path }) => path === "keepalived/vips/edge.conf")?.text ?? "";
    assert.match(leader, /vrrp_sync_group together_edge \{\n {4}group \{\n {8}edge\n {8}edge6\n/);
  });

  it("tells nobody else when a host is alone", () => {
    const alone = { ...here("gateway-4", "nat"), peers: [] };
    assert.match(keepalivedVip(alone), /unicast_peer \{\n {8}127\.0\.0\.1\n/);
    const files = vipFiles(box, haHost("gateway-4")).map((file) =>
      file.path === "keepalived/vips/nat.conf" ? { ...file, text: keepalivedVip(alone, ["natOut"]) } : file,
    );
    assert.deepEqual(checkKeepalived(files, "events"), { ok: true, words: "" });
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
    const daemon = here("webserver-1", "edge").use;
    assert.throws(
      () => keepalivedBase({ host: "a", uses: [daemon, { ...daemon, port: 1 } as typeof daemon] }),
      /two different places/,
    );
  });
});

describe("render: the lifecycle of IPv6 virtual IPs", () => {
  for (const file of vipFiles(ipv6Box(), ipv6Host("webserver-1")).filter(({ text }) => text.startsWith("#!/bin/sh\n")))
    it(`${file.path} is a script for any POSIX shell`, () =>
      assert.deepEqual(checkScript(file.text), { ok: true, words: "" }));
});

describe("render: the lifecycle of virtual IPs", () => {
  const files = vipFiles(box, haHost("webserver-1"));
  for (const file of files.filter(({ path }) => /^(?:lifecycle|systemd|scripts|sysctl)\//.test(path))) {
    it(`${file.path} reads like the real thing`, () => assertGolden(`vip/${file.path}`, file.text));
    if (!file.text.startsWith("#!/bin/sh\n")) continue;
    it(`${file.path} is a script for any POSIX shell`, () => {
      assert.equal(file.mode, "0755");
      assert.deepEqual(checkScript(file.text), { ok: true, words: "" });
    });
  }

  it("brings every script that the runtime calls, and links only to files that it brings", () => {
    const text = new Map(files.map((file) => [file.path, file.text]));
    for (const script of ["check", "activate", "probe", "deactivate"])
      assert.ok(text.has(`lifecycle/${script}`), script);
    for (const line of (text.get("lifecycle/links") ?? "").trimEnd().split("\n")) {
      const [link = "", target = ""] = line.split(" ");
      assert.match(link, /^\/etc\/(?:systemd\/system|sysctl\.d)\//);
      assert.ok(text.has(target), `${link} → ${target}`);
    }
  });

  it("names the packages whose programs it calls", () => {
    assert.deepEqual(vipPackages, ["keepalived", "socat", "iproute2", "iputils-arping", "procps"]);
  });
});
