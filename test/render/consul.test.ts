import assert from "node:assert/strict";
import { consul, consulAccess, registry } from "../../render/registry.ts";
import { consulPolicies } from "../../render/consulAccess/index.ts";
import type { Box, Host } from "../../box/index.ts";
import { consulBox } from "./sampleConsul.ts";
import { assertGolden } from "./golden.ts";

const hostOf = (box: Box, name: string): Host => box.hosts[name]!;
const generated = (path: string): boolean => !path.startsWith("scripts/") && !/^lifecycle\/(check|activate|probe|deactivate|limit)$/.test(path); // prettier-ignore

describe("Consul's files", () => {
  const box = consulBox();

  for (const name of ["gateway-4", "gateway-1"])
    it(`are those of the golden ones on ${name}`, () => {
      for (const { path, text } of consul.files(box, hostOf(box, name), registry))
        if (generated(path)) assertGolden(`consul/${name}/${path}`, text);
    });

  it("of access are those of the golden ones", () => {
    for (const { path, text } of consulAccess.files(box, hostOf(box, "gateway-4"), registry))
      if (generated(path) && !/agent-(?!gateway-[14])/.test(path)) assertGolden(`consul/access/${path}`, text);
  });

  it("are on servers and configured hosts of its network alone", () => {
    const has = Object.values(box.hosts).filter((host) => registry.assembliesOf(box, host).includes(consul)).map(({ name }) => name); // prettier-ignore
    assert.ok(has.includes("supervisor-1") && has.includes("gateway-1") && !has.includes("webserver-1"));
    const allowed = consulPolicies(box, consul).map(({ name }) => name);
    assert.deepEqual(allowed, [...has.map((name) => `gatebox-agent-${name}`), "gatebox-ui", "gatebox-dns"]);
    assert.deepEqual(Object.values(box.hosts).filter((host) => registry.assembliesOf(box, host).includes(consulAccess)).map(({ name }) => name).sort(), ["gateway-4", "gateway-5", "supervisor-1"]); // prettier-ignore
  });

  it("open their ports to members alone", () => {
    const ports = (name: string, box = consulBox()) => consul.ports!(box, hostOf(box, name)).map((one) => [one.network, one.protocol, "port" in one ? one.port : 0, one.from?.includes("192.168.1.11") ?? false, one.from?.includes("192.168.2.1") ?? false]); // prettier-ignore
    const gossip = [
      ["box-network", "tcp", 8301, true, false],
      ["box-network", "udp", 8301, true, false],
    ];
    assert.deepEqual(ports("gateway-1"), gossip);
    const asked = [8300, 8501].map((port) => ["box-network", "tcp", port, true, false]);
    assert.deepEqual(ports("supervisor-1"), [...gossip, ...asked]);
    assert.deepEqual(ports("gateway-4"), [...gossip, ...asked]);
  });

  it("have the web interface where web servers ask for it, and there alone", () => {
    const shown = (box: Box, name: string) => {
      const text = consul
        .files(box, hostOf(box, name), registry)
        .find(({ path }) => path === "config/agent.json")!.text;
      const { addresses, ui_config } = JSON.parse(text) as { addresses: { http: string }; ui_config?: object };
      return [addresses.http, ui_config];
    };
    const own = { enabled: true, content_path: "/consul/" };
    assert.deepEqual(shown(box, "gateway-4"), ["127.0.0.1", own]);
    const behind = consulBox({}, { tools: { consul: { path: "/site/consul/" } } });
    const sites = { ...own, content_path: "/site/consul/" };
    assert.deepEqual(shown(behind, "gateway-4"), ["127.0.0.1 192.168.2.14", sites]);
    // Web servers are not on its network.
    assert.deepEqual(shown(behind, "supervisor-1"), ["127.0.0.1", sites]);
    assert.deepEqual(shown(behind, "gateway-1"), ["127.0.0.1", undefined]);
    const open = registry
      .portsOf(behind, hostOf(behind, "gateway-4"))
      .filter((one) => "port" in one && one.port === 8500);
    assert.deepEqual(open.map(({ network, from }) => [network, from]), [["gateway-network", ["192.168.2.1", "192.168.2.2"]]]); // prettier-ignore
  });

  it("are none in a box without the section", () => {
    const without = { ...box, consul: undefined };
    assert.ok(Object.values(without.hosts).every((host) => !registry.assembliesOf(without, host).includes(consul)));
  });
});
