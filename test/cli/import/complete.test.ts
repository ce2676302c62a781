import assert from "node:assert/strict";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { stackFileSchema, type Box } from "../../../box/index.ts";
import { parseProtobox } from "../../box/parsing.ts";
import { boxOf, importChanged, valuesOf } from "./importing.ts";

describe("the import of a complete inventory", () => {
  const imported = importChanged();
  const box = boxOf(imported);
  const protobox = parseProtobox();

  it("has the networks, the pools and the apps of the Protobox", () => {
    assert.deepEqual(box.networks, protobox.networks);
    assert.deepEqual(box.pools, protobox.pools);
    assert.deepEqual(box.apps, protobox.apps);
  });

  it("has the addresses of the Protobox's hosts, and reaches them by the same ones", () => {
    const reach = ({ hosts }: Box) =>
      Object.fromEntries(
        Object.values(hosts).map(({ name, addresses, connection }) => [name, { addresses, ssh: connection?.address }]),
      );
    const expected = reach(protobox);
    // Only the Protobox has a bastion there, and so knows the way to it.
    assert.deepEqual(reach(box), { ...expected, "supervisor-1": { ...expected["supervisor-1"], ssh: undefined } });
  });

  it("takes hardware addresses and default routes over", () => {
    assert.deepEqual(box.hosts["gateway-4"]?.macAddresses, {
      "gateway-network": "52:54:00:a8:02:0e",
      "box-network": "52:54:00:a8:01:0e",
    });
    assert.equal(box.hosts["gateway-1"]?.defaultGateway, "192.168.2.254");
    assert.equal(box.hosts["node-1"]?.defaultGateway, "192.168.1.254");
    assert.equal(box.hosts["webserver-1"]?.defaultGateway, undefined);
  });

  it("has the virtual IPs of the Protobox by address, but for those that the documents do not have", () => {
    const byAddress = ({ virtualIps }: Box) => {
      const named = Object.values(virtualIps).map(({ syncGroup, ...vip }) => {
        return [vip.address, { ...vip, name: "", syncGroup: syncGroup && virtualIps[syncGroup]?.address }] as const;
      });
      return Object.fromEntries(named);
    };
    const { "192.168.0.34": egressOut, "192.168.2.10": gateways, ...expected } = byAddress(protobox);
    assert.equal(egressOut?.network, "public-network");
    assert.equal(gateways?.pool, "kube-gateway-pool");
    assert.deepEqual(byAddress(box), expected);
  });

  it("has the NAT gateway of the documents", () => {
    const withoutNames = ({ natGateways }: Box) =>
      natGateways.map((gateway) => ({ ...gateway, name: "", snatAddress: gateway.snatAddress.address }));
    assert.deepEqual(withoutNames(box), withoutNames(protobox).slice(0, 1));
  });

  it("opens the ports of the Protobox on the same servers, and its locations", () => {
    const ways = ({ kubeGateways, webservers, services }: Box) => {
      const gateway = [...kubeGateways!.routes, ...services.map((service) => service.gateway)];
      const web = [...webservers!.routes, ...services.map((service) => service.web!)];
      const members = gateway.map(({ name, port, destination }) => [name, port, destination.members] as const);
      return {
        members: members.toSorted(([left], [right]) => left.localeCompare(right)),
        locations: Object.fromEntries(web.map(({ location, upstream: stream }) => [location, stream])),
      };
    };
    assert.deepEqual(ways(box), ways(protobox));
    assert.equal(box.kubeGateways!.pool, protobox.kubeGateways!.pool);
    assert.equal(box.webservers!.network, protobox.webservers!.network);
  });

  it("fits the schema that editors check stack files with", () => {
    const accepts = new Ajv({ strict: true, keywords: ["errorMessage", "patternErrorMessage"] }).compile(
      stackFileSchema(),
    );
    assert.ok(accepts(parse(imported.text)), JSON.stringify(accepts.errors));
  });

  it("tells only what the vocabulary of the documents cannot say, and what has no place in a stack file", () => {
    assert.deepEqual(
      imported.notes.map(({ kind, path }) => `${kind} ${path}`),
      [
        "fill networks.public-network",
        "fill networks.gateway-network",
        "fill networks.box-network",
        "fill connection.knownHosts",
        "fill webservers",
        "left hosts.yml: all.hosts.webserver-1.arch",
        "left hosts.yml: all.hosts.webserver-1.os",
        "left hosts.yml: all.hosts.webserver-1.networks_interfaces.public-network.network_manager",
      ],
    );
  });

  it("has one marker, which a search finds at everything that is to be filled in or looked at", () => {
    const marks = imported.text.match(/^ *# TO-FILL-IN: /gm) ?? [];
    assert.equal(marks.length, imported.notes.filter(({ kind }) => kind === "fill").length);
    assert.match(imported.text, /^# Search for TO-FILL-IN: /m);
    assert.doesNotMatch(imported.text, /TO FILL IN/);
  });

  it("says above a line what is to be filled in there", () => {
    assert.match(imported.text, /# TO-FILL-IN: a file with the public host key .*\n {4}knownHosts: known_hosts\n/);
    assert.deepEqual(valuesOf(imported)["connection"], { network: "box-network", knownHosts: "known_hosts" });
  });
});
