import { describeMistakes } from "../mistakes.ts";

describeMistakes("interfaces", [
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
]);
