import assert from "node:assert/strict";
import { describeViolations } from "../violations.ts";
import { parseProtobox } from "../parsing.ts";

describeViolations("interfaces", [
  {
    breaks: "a network that the host is not on",
    changes: { "hosts.node-1.interfaces": { "gateway-network": "ens19" } },
    says: [
      'hosts.node-1.interfaces.gateway-network: "ens19": node-1 has no address on gateway-network (known: box-network)',
    ],
  },
  {
    breaks: "one interface for two networks",
    changes: { "hosts.gateway-1.interfaces": { "gateway-network": "ens19", "box-network": "ens19" } },
    says: [
      'hosts.gateway-1.interfaces.box-network: "ens19" is named for gateway-network already: each network has an interface of its own',
    ],
  },
  {
    breaks: "a name that Linux does not take",
    changes: { "hosts.gateway-1.interfaces": { "gateway-network": "a very long name" } },
    says: [
      'hosts.gateway-1.interfaces.gateway-network: "a very long name" is not an interface name: write letters, digits, ".", "_", "-", at most 15',
    ],
  },
  {
    breaks: "names that interfaces of pods have",
    changes: {
      "hosts.gateway-1.interfaces": { "gateway-network": "tunl0", "box-network": "cali0" },
      "networks.california": "10.0.0.0/24",
      "hosts.gateway-2.addresses.california": "10.0.0.12",
      hostNetworks: undefined,
    },
    says: [
      'hosts.gateway-1.interfaces.gateway-network: "tunl0" is what interfaces of pods are called, for which firewalls are open: choose another name',
      'hosts.gateway-1.interfaces.box-network: "cali0" is what interfaces of pods are called, for which firewalls are open: choose another name',
      'hosts.gateway-2.addresses.california: "california" is what interfaces of pods are called, for which firewalls are open: name the interface with "interfaces: { california: … }"',
    ],
  },
  {
    breaks: "a network's name that Linux does not take",
    changes: {
      "networks.management-network": "10.0.0.0/24",
      "hosts.gateway-1.addresses.management-network": "10.0.0.11",
      hostNetworks: undefined,
    },
    says: [
      'hosts.gateway-1.addresses.management-network: "management-network" is too long for the name of an interface (at most 15): name the interface with "interfaces: { management-network: … }"',
    ],
  },
  {
    breaks: "the name that another network's interface has without being named",
    changes: { "hosts.gateway-1.interfaces": { "gateway-network": "box-network" } },
    says: [
      'hosts.gateway-1.interfaces.gateway-network: "box-network" is the name of the interface on box-network, which gateway-1 is on too: choose another, or name that one with "interfaces: { box-network: … }"',
    ],
  },
  {
    breaks: "names that mean something else to Linux",
    changes: {
      "hosts.gateway-1.interfaces": { "gateway-network": "all", "box-network": "-a" },
      "hosts.gateway-2.interfaces": { "gateway-network": "..", "box-network": "42" },
      "hosts.node-1.interfaces": { "box-network": "lo" },
    },
    says: [
      'hosts.gateway-1.interfaces.gateway-network: "all" means something else to Linux: choose another name',
      'hosts.gateway-1.interfaces.box-network: "-a" means something else to Linux: choose another name',
      'hosts.gateway-2.interfaces.gateway-network: ".." means something else to Linux: choose another name',
      'hosts.gateway-2.interfaces.box-network: "42" means something else to Linux: choose another name',
      'hosts.node-1.interfaces.box-network: "lo" means something else to Linux: choose another name',
    ],
  },
  {
    breaks: "a network's name that means something else to Linux",
    changes: {
      "networks.all": "10.0.0.0/24",
      "hosts.gateway-1.addresses.all": "10.0.0.11",
      hostNetworks: undefined,
    },
    says: [
      'hosts.gateway-1.addresses.all: "all" means something else to Linux: name the interface with "interfaces: { all: … }"',
    ],
  },
]);

describe("interfaces", () => {
  it("may swap the names that they would have", () => {
    const swapped = { "gateway-network": "box-network", "box-network": "gateway-network" };
    const box = parseProtobox({ "hosts.gateway-1.interfaces": swapped });
    assert.deepEqual(box.hosts["gateway-1"]?.interfaces, swapped);
  });
});
