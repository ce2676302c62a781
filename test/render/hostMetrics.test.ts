import assert from "node:assert/strict";
import type { Assembly, MetricsSource } from "../../render/assembly.ts";
import { shownCertificate } from "../../render/certificates/index.ts";
import { metricsAssembly } from "../../render/metrics/index.ts";
import { metrics, registry } from "../../render/registry.ts";
import { registryOf } from "../../render/registryOf.ts";
import { parseProtobox } from "../box/parsing.ts";
import { assertGolden } from "./golden.ts";

const monitoring = { pool: "nat-gateway-pool", networks: ["box-network", "gateway-network"] };

describe("render/metrics", () => {
  const box = parseProtobox({ monitoring });
  const filesOf = (host: string) => metrics.files(box, box.hosts[host]!, registry);
  const textOf = (host: string, path: string): string => {
    const file = filesOf(host).find((one) => one.path === path);
    assert.ok(file, `${host} has no ${path}`);
    return file.text;
  };

  it("is where node exporter is, and nowhere without monitoring", () => {
    const hostsOf = (one: typeof box, name: string) =>
      Object.values(one.hosts).filter((host) => registry.assembliesOf(one, host).some((each) => each.name === name));
    assert.deepEqual(hostsOf(box, "metrics"), hostsOf(box, "node-exporter"));
    assert.equal(hostsOf(box, "metrics").length, 8);
    assert.deepEqual(hostsOf(parseProtobox({ monitoring: undefined }), "metrics"), []);
  });

  for (const host of ["gateway-1", "gateway-4", "webserver-1"]) {
    it(`asks on ${host} what its assemblies have to tell, and reads like the real thing`, () => {
      for (const path of ["sources.list", "lifecycle/settings", "lifecycle/links", "systemd/gatebox-metrics.path"])
        assertGolden(`metrics/${host}/${path}`, textOf(host, path));
      for (const { path, text } of filesOf(host))
        if (/^sources\/.*\.list$/.test(path) && text !== "") assertGolden(`metrics/${host}/${path}`, text);
    });
  }

  it("has them asked each 15 s, without a line of the journal for it", () => {
    for (const unit of ["gatebox-metrics.service", "gatebox-metrics.timer"])
      assertGolden(`metrics/${unit}`, textOf("gateway-1", `systemd/${unit}`));
  });

  it("hears of each virtual IP of a host, and of no other", () => {
    const heard = filesOf("gateway-4")
      .filter(({ path }) => path.startsWith("vip-events/"))
      .map(({ path }) => path.slice("vip-events/".length));
    const own = Object.values(box.virtualIps).filter(({ pool }) => pool === "nat-gateway-pool");
    assert.deepEqual(heard.sort(), own.map(({ name }) => name).sort());
    assert.ok(heard.length > 0);
  });

  describe("with sources of other assemblies", () => {
    const host = box.hosts["gateway-1"]!;
    const made = (...sources: MetricsSource[]) => {
      const other: Assembly = {
        name: "other",
        pools: () => ["kube-gateway-pool"],
        programs: [],
        files: () => [],
        metricsSources: () => sources,
      };
      const assembly = metricsAssembly([other]);
      const files = assembly.files(box, host, registryOf([other, assembly]));
      return (path: string) => files.find((file) => file.path === path)?.text;
    };
    const source = { name: "one", script: "1;\n", every: 15 };

    it("joins those of one name", () => {
      const text = made(
        { ...source, list: ["a"], after: ["/a", "/b"] },
        { ...source, list: ["b"], after: ["/b"], virtualIps: ["x"] },
      );
      assert.equal(text("sources/one.list"), "a\nb\n");
      assert.match(text("sources.list") ?? "", /^one 15 \/a \/b$/m);
      assert.equal(text("lifecycle/settings"), "on_moves='one'\n");
      assert.ok(text("vip-events/x"));
    });

    it("refuses two of one name, and names and times that cannot be", () => {
      assert.throws(() => made(source, { ...source, script: "2;\n" }), /two sources of metrics have the name one/);
      assert.throws(() => made(source, { ...source, every: 30 }), /two sources of metrics have the name one/);
      assert.throws(() => made({ ...source, name: "../one" }), /one/);
      assert.throws(() => made({ ...source, every: 1 }), /seconds of the source one/);
      assert.throws(() => made({ ...source, virtualIps: ["a b"] }), /virtual IP/);
      assert.throws(() => shownCertificate(["/a b"]), /no plain absolute path/);
      assert.throws(() => shownCertificate(["a"]), /no plain absolute path/);
    });
  });
});

describe("render/nginxExporter", () => {
  const box = parseProtobox({ monitoring });
  const host = box.hosts["webserver-1"]!;

  it("is on the web servers alone, asks nginx on the host itself, and reads like the real thing", () => {
    const assembly = registry.assemblies.find(({ name }) => name === "nginx-exporter")!;
    assert.deepEqual(
      Object.values(box.hosts)
        .filter((one) => registry.assembliesOf(box, one).includes(assembly))
        .map(({ name }) => name),
      ["webserver-1", "webserver-2"],
    );
    for (const path of ["systemd/service.conf", "lifecycle/settings", "lifecycle/links"])
      assertGolden(
        `nginx-exporter/webserver-1/${path}`,
        assembly.files(box, host, registry).find((file) => file.path === path)!.text,
      );
  });

  it("is told of where monitoring asks, and open to its hosts alone", () => {
    assert.deepEqual(
      registry.metricsOf(box, host).filter(({ job }) => job === "nginx"),
      [{ job: "nginx", network: "gateway-network", port: 9113 }],
    );
    const open = registry.portsOf(box, host).filter((one) => "port" in one && one.port === 9113);
    assert.deepEqual(
      open.map(({ network, from }) => ({ network, from })),
      [{ network: "gateway-network", from: ["192.168.2.14", "192.168.2.15"] }],
    );
  });

  it("has another port where the stack says so, and is nowhere without monitoring", () => {
    const other = parseProtobox({ monitoring: { ...monitoring, nginxExporter: { port: 9999 } } });
    assert.equal(registry.metricsOf(other, other.hosts["webserver-1"]!).find(({ job }) => job === "nginx")?.port, 9999);
    const without = parseProtobox({ monitoring: undefined });
    assert.deepEqual(registry.metricsOf(without, without.hosts["webserver-1"]!), []);
  });
});
