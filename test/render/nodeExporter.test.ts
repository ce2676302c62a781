import assert from "node:assert/strict";
import { registry } from "../../render/registry.ts";
import { parseProtobox } from "../box/parsing.ts";
import { assertGolden } from "./golden.ts";

const monitoring = { pool: "nat-gateway-pool", networks: ["box-network", "gateway-network"] };

describe("render/nodeExporter", () => {
  const box = parseProtobox({ monitoring });
  const assembly = registry.assemblies.find(({ name }) => name === "node-exporter")!;

  it("is on every configured host, and on none without monitoring", () => {
    const hostsOf = (one: typeof box) =>
      Object.values(one.hosts).filter((host) => registry.assembliesOf(one, host).includes(assembly));
    const firewalled = Object.values(box.hosts).filter((host) =>
      registry.assembliesOf(box, host).some(({ name }) => name === "firewall"),
    );
    assert.deepEqual(hostsOf(box), firewalled);
    assert.equal(firewalled.length, 8);
    assert.deepEqual(hostsOf(parseProtobox({ monitoring: undefined })), []);
  });

  for (const [host, address] of [
    ["gateway-1", "192.168.1.11"],
    ["webserver-1", "192.168.2.1"],
  ] as const) {
    it(`listens on ${host}'s address on the first network that monitoring asks on, and reads like the real thing`, () => {
      const files = assembly.files(box, box.hosts[host]!, registry);
      const dropIn = files.find(({ path }) => path === "systemd/service.conf")!.text;
      assert.match(dropIn, new RegExp(`--web\\.listen-address=${address}:9100 `));
      for (const path of ["systemd/service.conf", "lifecycle/settings", "lifecycle/links"])
        assertGolden(`node-exporter/${host}/${path}`, files.find((file) => file.path === path)!.text);
    });
  }

  it("is open to the hosts of monitoring on that network alone", () => {
    const open = (host: string) =>
      registry.portsOf(box, box.hosts[host]!).filter((one) => "port" in one && one.port === 9100);
    assert.deepEqual(
      ["gateway-1", "webserver-2"].map((host) => open(host).map(({ network, from }) => ({ network, from }))),
      [
        [{ network: "box-network", from: ["192.168.1.14", "192.168.1.15"] }],
        [{ network: "gateway-network", from: ["192.168.2.14", "192.168.2.15"] }],
      ],
    );
  });
});
