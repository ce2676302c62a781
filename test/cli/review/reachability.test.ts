import assert from "node:assert/strict";
import { boxUnits } from "../../../render/boxUnits.ts";
import { registry } from "../../../render/registry.ts";
import { openingsOf, type HostFile } from "../../../cli/review/openings.ts";
import { reachChanges, type Names, type ReachChange } from "../../../cli/review/reachability.ts";
import type { Box } from "../../../box/index.ts";
import type { Changes } from "../../box/edit.ts";
import { parseProtobox } from "../../box/parsing.ts";

const filesOf = (box: Box): HostFile[] =>
  boxUnits(box, "gatebox").flatMap(({ host, assembly, unit, files }) => files.map(({ path, text }) => ({ host, assembly, unit, path, text }))); // prettier-ignore

const names: Names = { networkOf: (_, link) => link, nameOf: (one) => one, declarationOf: () => undefined };

const between = (before: Changes, after: Changes): ReachChange[] =>
  reachChanges(filesOf(parseProtobox(before)), filesOf(parseProtobox(after)), names);

const told = (changes: readonly ReachChange[]): string[] =>
  changes.map(({ kind, hosts, network, service, ports, from, fromBefore, by }) =>
    [kind, hosts.join("+"), network, `${service} ${ports}`.trim(), fromBefore ?? "-", from, by].join(" | "),
  );

describe("what is open on hosts, read from their texts", () => {
  it("has every port that the registry declares, and who may use it", () => {
    const box = parseProtobox();
    const openings = openingsOf(filesOf(box));
    let seen = 0;
    for (const host of Object.values(box.hosts))
      for (const open of registry.portsOf(box, host)) {
        if (!("port" in open) || open.untrackedOnly) continue;
        const { first, last } = typeof open.port === "number" ? { first: open.port, last: open.port } : open.port;
        const found = openings.some(
          ({ host: on, link, service, ports, from }) =>
            on === host.name &&
            link === host.interfaces[open.network] &&
            service === open.protocol &&
            ports[0] === first &&
            ports[1] === last &&
            (open.from === undefined || JSON.stringify([...new Set(open.from)]) === JSON.stringify(from)),
        );
        assert.ok(found, `${host.name}: ${open.protocol} ${first}-${last}, ${open.purpose}`);
        seen += 1;
      }
    assert.ok(seen > 30, String(seen));
  });

  it("has SSH of the operator, VRRP, forwarding and locations", () => {
    const box = parseProtobox();
    const services = new Set(openingsOf(filesOf(box)).map(({ service, by }) => `${service}, ${by}`));
    for (const one of [
      "tcp, the operator",
      "vrrp, VRRP",
      "forwards, the host's forwarding",
      "forwards to gateway-network, natGateways",
      "location /argocd/, argocd",
    ])
      // prettier-ignore
      assert.ok(services.has(one), `${one} of ${[...services].join("; ")}`);
  });
});

describe("who can reach what afterwards", () => {
  it("is told of nothing where nothing changes", () => assert.deepEqual(between({}, {}), []));

  it("has a new service: the port on the gateways and the location on the web servers", () => {
    const service = { "apps.wiki": { port: 30170, namespace: "wiki" }, "services.wiki": { app: "wiki" } };
    const added = [
      "new | gateway-1+gateway-2+gateway-3 | gateway-network | tcp 30170 | - | everybody there | wiki",
      "new | webserver-1+webserver-2 | public-network | location /wiki/ | - | everybody there | wiki",
    ];
    assert.deepEqual(told(between({}, service)), added);
    assert.deepEqual(
      told(between(service, {})),
      added.map((line) => line.replace(/^new/, "gone")),
    );
  });

  it("has what is wider, and what is narrower", () => {
    const of = (from: readonly string[]): Changes => ({ "connection.from": from });
    const [wide, narrow] = [of(["192.168.0.2", "192.168.1.0/24"]), of(["192.168.0.2", "192.168.1.7"])];
    const changes = between(narrow, wide);
    assert.ok(changes.length > 0);
    assert.deepEqual([...new Set(changes.map(({ kind, by }) => `${kind} ${by}`))], ["wider the operator"]);
    assert.equal(changes[0]?.from, "192.168.0.2, 192.168.1.0/24");
    assert.equal(changes[0].fromBefore, "192.168.0.2, 192.168.1.7");
    assert.deepEqual([...new Set(between(wide, narrow).map(({ kind }) => kind))], ["narrower"]);
  });

  it("has another way to say the same as no change", () => {
    const of = (from: readonly string[]): Changes => ({ "connection.from": from });
    assert.deepEqual(between(of(["192.168.0.2", "192.168.1.0/24"]), of(["192.168.0.2", "192.168.1.0/25", "192.168.1.128/25"])), []); // prettier-ignore
  });

  it("has an opened port with the declaration's words", () => {
    const open = { "firewall.openPorts": [{ pool: "supervisors-pool", network: "box-network", protocol: "tcp", port: 8443 }] }; // prettier-ignore
    assert.deepEqual(told(between({}, open)), [
      "new | supervisor-1 | box-network | tcp 8443 | - | everybody there | firewall.openPorts",
    ]);
  });
});
