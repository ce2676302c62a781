import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBox } from "../../../box/index.ts";
import { boxPicture } from "../../../cli/picture/boxPicture.ts";
import { openRows } from "../../../cli/picture/openPorts.ts";
import { parseProtobox } from "../../box/parsing.ts";
import { randomBox } from "../../box/randomBox.ts";

describe("the picture of a box", () => {
  const box = parseProtobox();
  const svg = boxPicture(box);
  const shows = (...texts: readonly string[]): void => {
    for (const text of texts) assert.ok(svg.includes(`>${text}<`), text);
  };

  it("shows every network, every host and every address", () => {
    shows(...Object.values(box.networks).flatMap(({ name, cidr }) => [name, cidr]));
    for (const { name, addresses } of Object.values(box.hosts)) shows(name, ...Object.values(addresses));
  });

  it("shows each virtual IP with those that hold it, by priority", () => {
    shows("edge", "192.168.0.33", "webserver-1 200 › webserver-2 100", "webserver-2 200 › webserver-1 100");
    shows("moves with egress", "moves with nat");
  });

  it("shows NAT with its networks and its source address", () => {
    shows("NAT nat", "box-network → gateway-network", "as 192.168.2.253 (natOut)");
  });

  it("shows what is open, where, and to whom", () => {
    const rows = openRows(box).map(({ pool, network, ports, purpose, from }) =>
      [pool, network, ports, purpose, from].join(" | "),
    );
    const expected = [
      "webservers-pool | public-network | tcp 80, 443 | the web servers | everybody there",
      "webservers-pool | public-network | tcp 22 | SSH of the operator | 192.168.0.2, box-network",
      "webservers-pool | gateway-network | tcp 9100 | the node exporter | nat-gateway-pool",
      "webservers-pool | gateway-network | udp 3780 | conntrackd | each other",
      "kube-gateway-pool | gateway-network | tcp 30160–30165 | routes: argocd, dash, keycloak, kibana, v-admin, pgadmin4 | everybody there",
      "kube-gateway-pool | box-network | tcp 30000–32767, udp 30000–32767 | NodePorts | everybody there",
    ];
    for (const row of expected) assert.ok(rows.includes(row), `${row}\nis not in\n${rows.join("\n")}`);
    assert.ok(!rows.some((row) => row.startsWith("nodes-pool")), "nothing is known of hosts that are only named");
  });

  it("shows what moves between hosts that stand in two pools, and such hosts once", () => {
    const members = ["gateway-1", "gateway-2", "gateway-3"];
    const twice = boxPicture(parseProtobox({ "pools.more-pool": members, "virtualIps.gateways.pool": "more-pool" }));
    for (const text of ["more-pool", "192.168.2.10", "gateway-1", "192.168.2.11"])
      assert.equal(twice.split(`>${text}<`).length, 2, text);
  });

  it("is that of a part of a box as well", () => {
    const part = boxPicture(
      parseProtobox({
        services: undefined,
        kubeGateways: undefined,
        webservers: undefined,
        monitoring: undefined,
        natGateways: undefined,
        virtualIps: undefined,
      }),
    );
    assert.ok(part.includes(">gateway-1<") && part.includes(">SSH of the operator<"));
    assert.doesNotMatch(part, /undefined|NaN|>virtual</);
  });

  it("is the same for the same box, well-formed and bounded, whatever the box", () => {
    fc.assert(
      fc.property(randomBox, ({ values, knownHosts }) => {
        const one = boxPicture(parseBox({ name: "<&>", values, readFile: () => undefined, knownHosts }));
        const other = boxPicture(parseBox({ name: "<&>", values, readFile: () => undefined, knownHosts }));
        assert.equal(one, other);
        assert.doesNotMatch(one, /undefined|NaN|<&>/);
        const opened = one.match(/<(?!\/|path|rect)\w+/g) ?? [];
        assert.equal(opened.length, (one.match(/<\//g) ?? []).length);
      }),
      { numRuns: 20 },
    );
  });
});
