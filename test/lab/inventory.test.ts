import assert from "node:assert/strict";
import { spareDisksOf } from "../../lab/hosts/spareDisks.ts";
import {
  addressSeenFrom,
  etherOf,
  hostNamed,
  HOSTS,
  hostsOfSet,
  masterCountOf,
  NETWORK_NAMES,
  NETWORKS,
  networksOf,
  OPERATOR_ADDRESSES,
  operatorAddressOf,
} from "../../lab/inventory.ts";

describe("the lab's inventory", () => {
  it("gives every address once, inside its network", () => {
    const taken: string[] = Object.values(OPERATOR_ADDRESSES);
    for (const host of HOSTS) {
      for (const network of networksOf(host)) {
        const address = host.addresses[network] ?? "";
        assert.ok(address.startsWith(`${NETWORKS[network].prefix}.`), `${host.name}: ${address} is not on ${network}`);
        taken.push(address);
      }
    }
    assert.equal(new Set(taken).size, taken.length);
  });

  it("has names that the kernel takes for an interface (IFNAMSIZ: 15 letters)", () => {
    assert.deepEqual(
      NETWORK_NAMES.filter((name) => name.length > 15),
      [],
    );
    // The ports of the switch: a letter, a hyphen, the host's name.
    assert.deepEqual(
      HOSTS.filter((host) => host.name.length > 13),
      [],
    );
  });

  it("has the hosts of the documents: eleven a day, fourteen in all", () => {
    const daily = hostsOfSet(false).map((host) => host.name);
    assert.deepEqual(daily, [
      "client",
      "webserver-1",
      "webserver-2",
      "gateway-1",
      "gateway-2",
      "gateway-3",
      "gateway-4",
      "gateway-5",
      "master-1",
      "node-1",
      "supervisor-1",
    ]);
    const added = hostsOfSet(true).filter((host) => !daily.includes(host.name));
    assert.deepEqual(
      added.map((host) => host.name),
      ["master-2", "master-3", "node-2"],
    );
  });

  it("has one master a day and three in all, or as many as are asked for", () => {
    const mastersOf = (...args: Parameters<typeof hostsOfSet>): readonly string[] =>
      hostsOfSet(...args).flatMap(({ name, kubernetes }) => (kubernetes === "master" ? [name] : []));
    assert.deepEqual(mastersOf(false), ["master-1"]);
    assert.deepEqual(mastersOf(true), ["master-1", "master-2", "master-3"]);
    assert.deepEqual(mastersOf(false, 3), ["master-1", "master-2", "master-3"]);
    assert.deepEqual(mastersOf(true, 1), ["master-1"]);
    // The other hosts of a set do not depend on it.
    for (const full of [false, true]) {
      const others = ([1, 3] as const).map((count) =>
        hostsOfSet(full, count).filter(({ kubernetes }) => kubernetes !== "master"),
      );
      assert.deepEqual(others[0], others[1]);
    }
  });

  it("takes one master or three, and says why not two", () => {
    assert.deepEqual(["1", "3"].map(masterCountOf), [1, 3]);
    for (const text of ["2", "0", "4", "03", "three", ""])
      assert.throws(
        () => masterCountOf(text),
        /--masters ".*": a lab has 1 or 3; of two, etcd outlives the loss/,
        text,
      );
  });

  it("has spare disks where the box's volumes have bricks", () => {
    const disks = Object.fromEntries(
      HOSTS.filter(({ spareDisks }) => spareDisks > 0).map((host) => [host.name, spareDisksOf(host).join()]),
    );
    assert.deepEqual(disks, {
      "webserver-1": "vdb",
      "webserver-2": "vdb",
      "gateway-1": "vdb",
      "gateway-2": "vdb",
      "gateway-3": "vdb,vdc",
      "gateway-4": "vdb,vdc",
      "gateway-5": "vdb",
    });
  });

  it("makes the kube gateways nodes of the cluster, and not the NAT gateways", () => {
    const nodes = HOSTS.filter((host) => host.kubernetes === "node").map((host) => host.name);
    assert.deepEqual(nodes, ["gateway-1", "gateway-2", "gateway-3", "node-1", "node-2"]);
    assert.deepEqual(hostNamed("gateway-1").layers, ["base", "cluster"]);
    assert.deepEqual(hostNamed("gateway-4").layers, ["base"]);
  });

  it("reaches every host from the operator's workstation", () => {
    assert.equal(operatorAddressOf(hostNamed("gateway-2")), "192.168.1.12");
    assert.equal(operatorAddressOf(hostNamed("webserver-1")), "192.168.0.30");
    HOSTS.forEach(operatorAddressOf);
  });

  it("names a host to others only by an address on a network that they share", () => {
    const [webserver, gateway, node] = ["webserver-1", "gateway-1", "node-1"].map(hostNamed);
    assert.ok(webserver && gateway && node);
    assert.equal(addressSeenFrom(webserver, gateway), "192.168.2.11");
    assert.equal(addressSeenFrom(node, gateway), "192.168.1.11");
    assert.equal(addressSeenFrom(webserver, node), undefined);
  });

  it("derives a local hardware address from an address", () => {
    assert.equal(etherOf("192.168.2.11"), "02:67:c0:a8:02:0b");
  });

  it("refuses a name that it does not know, and says which there are", () => {
    assert.throws(() => hostNamed("gateway-9"), /unknown host "gateway-9"; the lab has client, .*gateway-1/);
  });
});
