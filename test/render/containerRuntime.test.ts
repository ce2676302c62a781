import assert from "node:assert/strict";
import fc from "fast-check";
import type { Box } from "../../box/index.ts";
import {
  configurationTables,
  declaredText,
  quoted,
  toml,
  type Table,
} from "../../render/containerRuntime/configuration.ts";
import { noProxy } from "../../render/containerRuntime/proxy.ts";
import {
  basic,
  openRegistryFiles,
  secretRegistryFiles,
  withPassword,
} from "../../render/containerRuntime/registries.ts";
import { registry } from "../../render/registry.ts";
import { controlPlaneChanges } from "../box/controlPlane.ts";
import { parseProtobox } from "../box/parsing.ts";
import { assertGolden } from "./golden.ts";
import { runtimeBox, sampleRuntime } from "./sampleRuntime.ts";

const assembly = registry.assemblies.find(({ name }) => name === "container-runtime")!;
const filesOf = (box: Box, host = "node-1") => assembly.files(box, box.hosts[host]!, registry);
const passwords = [
  { registry: "registry.protobox", password: "correct horse" },
  { registry: "git.site:5050", password: 'bat"tery\\' },
];

describe("render/containerRuntime", () => {
  for (const major of [1, 2]) {
    it(`reads like the real thing for containerd ${major}`, () => {
      const files = filesOf(runtimeBox({ major }));
      for (const path of ["containerd/config.toml", "lifecycle/declared", "lifecycle/settings"])
        assertGolden(`container-runtime/${major}/${path}`, files.find((file) => file.path === path)!.text);
    });

    it(`writes passwords into files of root's alone: containerd ${major}`, () => {
      const files = secretRegistryFiles(runtimeBox({ major }).containerRuntime!, passwords);
      for (const { path, mode, text } of files) {
        assert.equal(mode, "0600", path);
        assertGolden(`container-runtime/${major}/secret/${path}`, text);
      }
    });
  }

  it("lets other nodes in to the pods of each of its hosts, gateway or not", () => {
    const box = runtimeBox();
    for (const name of ["node-1", "gateway-1"]) {
      const host = box.hosts[name]!;
      assert.deepEqual(registry.forwardsFrom(box, host), ["box-network"], name);
      const rules = registry.assemblies.find((one) => one.name === "firewall")!.files(box, host, registry);
      const text = rules.find(({ path }) => path === "nft/firewall.nft")!.text;
      assert.match(text, /chain forward \{[^]*?iifname \{ "box-network" \} accept\n *jump refuse_forward/);
    }
  });

  it("has the same service, tools and registries whatever the major version", () => {
    const files = filesOf(runtimeBox());
    const golden = files.filter(({ path }) => /^(?:systemd|tools|certs\.d)\/|^lifecycle\/links$/.test(path));
    for (const { path, text } of golden) assertGolden(`container-runtime/${path}`, text);
    assert.deepEqual(
      golden.map(({ path }) => path),
      [
        "tools/crictl.yaml",
        "tools/nerdctl.toml",
        "systemd/containerd.conf",
        "certs.d/registry.protobox/ca.pem",
        "certs.d/docker.io/mirror-1.pem",
        "certs.d/docker.io/hosts.toml",
        "lifecycle/links",
      ],
    );
  });

  it("is on the hosts of its pools, and those that are no gateways answer as nodes on the nodes' network alone", () => {
    const box = runtimeBox();
    const on = Object.values(box.hosts).filter((host) => registry.assembliesOf(box, host).includes(assembly));
    assert.deepEqual(on.map(({ name }) => name), ["gateway-1", "gateway-2", "gateway-3", "node-1", "node-2"]); // prettier-ignore
    const kubelets = (host: string) =>
      registry.portsOf(box, box.hosts[host]!).filter((one) => "port" in one && one.port === 10250);
    for (const host of ["gateway-1", "node-1"]) assert.deepEqual(kubelets(host).map(({ network }) => network), ["box-network"]); // prettier-ignore
  });

  it("puts no password into any file but those of the secret unit, and none where there is no user", () => {
    const runtime = runtimeBox().containerRuntime!;
    const known = passwords.flatMap(({ password }) => [password, basic("puller", password).slice(6)]);
    const others = [...filesOf(runtimeBox()), ...openRegistryFiles(runtime)];
    for (const { path, text } of others) for (const one of known) assert.ok(!text.includes(one), path);
    assert.deepEqual(withPassword(runtime), ["registry.protobox", "git.site:5050"]);
    assert.throws(() => secretRegistryFiles(runtime, [{ registry: "docker.io", password: "x" }]), /has no user/);
    assert.throws(() => secretRegistryFiles(runtime, [{ registry: "registry.protobox", password: "x\n" }]), /line end/);
  });

  it("logs in by token at the host that containerd asks, whatever the registry is called", () => {
    const entry = { username: "deploy", authentication: "token", checked: false };
    const at = (name: string, server?: string): string => {
      const { containerRuntime } = runtimeBox({ registries: { [name]: server === undefined ? entry : { ...entry, server } } });
      const files = secretRegistryFiles(containerRuntime!, [{ registry: name, password: "x" }]);
      const token = files.find(({ path }) => path.startsWith("containerd/logins/"))!.text;
      return /configs\."?([^"\]]+)"?\.auth\]/.exec(token)?.[1] ?? token;
    }; // prettier-ignore
    assert.equal(at("docker.io"), "registry-1.docker.io");
    assert.equal(at("git.site"), "git.site");
    assert.equal(at("git.site", "https://registry.site:5050/"), "registry.site:5050");
    const name = fc.stringMatching(/^[a-z]{1,8}\.[a-z]{2,5}$/);
    const port = fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined });
    fc.assert(
      fc.property(name, name, port, (registryName, host, ownPort) => {
        const written = ownPort === undefined ? host : `${host}:${ownPort}`;
        assert.equal(at(registryName, `https://${written}`), written);
      }),
      { numRuns: 20 },
    );
  });

  it("says nothing in its secret part that the main part says, which would hold changes of that back", () => {
    for (const major of [1, 2]) {
      const { containerRuntime } = runtimeBox({ major });
      const token = secretRegistryFiles(containerRuntime!, passwords).find(({ path }) => path.startsWith("containerd/logins/"))!.text; // prettier-ignore
      const tables = token.split("\n").filter((line) => line.startsWith("["));
      assert.equal(tables.length, 1);
      assert.match(tables[0]!, /\.registry\.configs\."git\.site:5050"\.auth\]$/);
      assert.doesNotMatch(token, /^(?:version|imports)/m);
    }
  });

  it("reaches all of the box, and what lies inside of the cluster, without the proxy", () => {
    const box = runtimeBox();
    const without = noProxy(box);
    const networks = Object.values(box.networks).map(({ cidr }) => cidr);
    for (const one of [...networks, "localhost", ".svc", ".site", "gateway-1", "protobox.test"]) assert.ok(without.includes(one), one); // prettier-ignore
    const whole = parseProtobox({
      ...controlPlaneChanges(),
      "webservers.serverNames": ["protobox.test", "*.protobox"],
      registry: { name: "registry.protobox", pool: "webservers-pool", storage: { shared: true } },
      containerRuntime: { pools: ["nodes-pool"], network: "box-network", proxy: sampleRuntime.proxy },
    });
    for (const one of [".protobox", "registry.protobox", "kube.plane.box"])
      assert.ok(noProxy(whole).includes(one), one);
    assert.equal(filesOf(runtimeBox({ proxy: undefined })).find(({ path }) => path.startsWith("systemd"))!.text.includes("PROXY"), false); // prettier-ignore
  });

  it("declares each key that it writes, and writes each that it declares, once", () => {
    for (const major of [1, 2] as const) {
      const runtime = runtimeBox({ major }).containerRuntime!;
      const keys = configurationTables(runtime).flatMap(({ name, keys }) => Object.keys(keys).map((key) => [...name, key].join("/"))); // prettier-ignore
      assert.equal(new Set(keys).size, keys.length);
      assert.deepEqual(declaredText(runtime).trimEnd().split("\n").map((line) => line.replace(/=.*/, "")), keys); // prettier-ignore
      for (const key of Object.keys(sampleRuntime.settings))
        assert.ok(
          keys.some((one) => one.endsWith(`/${key}`)),
          key,
        );
    }
  });

  it("writes TOML that no text breaks out of", () => {
    const table: fc.Arbitrary<Table> = fc.record({
      name: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
      keys: fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
        maxKeys: 4,
      }),
    });
    fc.assert(
      fc.property(table, (one) => {
        const lines = toml([one]).trimEnd().split("\n");
        assert.equal(lines.length, 1 + Object.keys(one.keys).length);
        for (const line of lines) assert.match(line, /^[ -~\u0080-\uffff]*$/);
      }),
    );
    assert.equal(quoted('a"b\\c\u007f'), String.raw`"a\"b\\c\u007f"`);
  });
});
