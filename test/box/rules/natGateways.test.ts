import assert from "node:assert/strict";
import type { Changes } from "../edit.ts";
import { hostKeyFor } from "../hostKey.ts";
import { describeViolations } from "../violations.ts";
import { parseProtobox } from "../parsing.ts";

/** As the documents have it. */
const prometheus = { location: "/prometheus/", upstream: { port: 9090, group: "nat-gateway-pool" } };

function priorities(first: string, second: string): Changes {
  const given = { [first]: 200, [second]: 100 };
  return { "virtualIps.nat.priorities": given, "virtualIps.natOut.priorities": given };
}

describeViolations("NAT gateways", [
  {
    breaks: "a host in two pools that have NAT gateways",
    changes: {
      "pools.more": ["gateway-5"],
      "natGateways.2": {
        name: "more",
        pool: "more",
        input: "box-network",
        output: "gateway-network",
        snatAddress: "192.168.2.15",
      },
    },
    says: [
      'natGateways[2].pool: "more" has gateway-5, and so has nat-gateway-pool: the NAT gateways of a host are one pool\'s; write nat-gateway-pool, or take gateway-5 out of one of them',
    ],
  },
  {
    breaks: "one network for input and output",
    changes: { "natGateways.0.output": "box-network", "natGateways.0.snatAddress": "nat" },
    says: ['natGateways[0].output: "box-network" is the input too: a NAT gateway leads from one network into another'],
  },
  {
    breaks: "a source on another network",
    changes: { "natGateways.0.snatAddress": "nat" },
    says: ['natGateways[0].snatAddress: "nat" is on box-network, and answers come to gateway-network: write natOut'],
  },
  {
    breaks: "a source of another pool",
    changes: { "natGateways.0.snatAddress": "egress" },
    says: ['natGateways[0].snatAddress: "egress" is a VIP of webservers-pool, not of nat-gateway-pool: write natOut'],
  },
  {
    breaks: "a source where the pool has no VIP",
    changes: { "natGateways.0.snatAddress": "egress", "virtualIps.natOut": undefined },
    says: [
      'natGateways[0].snatAddress: "egress" is a VIP of webservers-pool, not of nat-gateway-pool: declare a VIP of nat-gateway-pool on gateway-network under virtualIps, and name it',
    ],
  },
  {
    breaks: "an unknown source",
    changes: { "natGateways.0.snatAddress": "natout" },
    says: ['natGateways[0].snatAddress: unknown VIP "natout" (did you mean "natOut"?)'],
  },
  {
    breaks: "a VIP's address for a source",
    changes: { "natGateways.0.snatAddress": "192.168.2.253" },
    says: ['natGateways[0].snatAddress: 192.168.2.253 is the address of VIP "natOut": write its name'],
  },
  {
    breaks: "one host's address for a source of several hosts",
    changes: { "natGateways.0.snatAddress": "192.168.2.14" },
    says: [
      "natGateways[0].snatAddress: 192.168.2.14 does not move between the 2 hosts of nat-gateway-pool: write natOut",
    ],
  },
  {
    breaks: "an address that a lone host does not have",
    changes: {
      virtualIps: {},
      natGateways: [
        {
          name: "nat",
          pool: "lone-pool",
          input: "box-network",
          output: "gateway-network",
          snatAddress: "192.168.2.14",
        },
      ],
      "pools.lone-pool": ["gateway-5"],
    },
    says: [
      "natGateways[0].snatAddress: 192.168.2.14 is no address of gateway-5 on gateway-network: write 192.168.2.15",
    ],
  },
  {
    breaks: "two on one pool with one input",
    changes: {
      "natGateways.2": {
        name: "again",
        pool: "nat-gateway-pool",
        input: "box-network",
        output: "gateway-network",
        snatAddress: "natOut",
      },
    },
    says: [
      'natGateways[2].input: "box-network" is the input of nat already, on nat-gateway-pool too: keep one, or write another pool',
    ],
  },
  {
    breaks: "two of one name",
    changes: { "natGateways.1.name": "nat" },
    says: ['natGateways[1].name: "nat" is the name of natGateways[0] already: choose another'],
  },
  {
    breaks: "networks that no host of the pool is on",
    changes: {
      "natGateways.0.output": "public-network",
      "natGateways.0.snatAddress": "edge",
      "natGateways.0.openPorts": [{ network: "public-network", port: 443 }],
    },
    says: [
      'natGateways[0].output: "public-network": no host of nat-gateway-pool is on it (known: box-network, gateway-network)',
      'natGateways[0].openPorts[0].network: "public-network": no host of nat-gateway-pool is on it (known: box-network, gateway-network)',
      'natGateways[0].snatAddress: "edge" is a VIP of webservers-pool, not of nat-gateway-pool: declare a VIP of nat-gateway-pool on public-network under virtualIps, and name it',
      'natGateways[0].openPorts[0].network: "public-network" is where clients come from, and gateway-4 is on box-network: port 443 would expose that network to them; remove it, and lead them there by a route of webservers',
    ],
  },
  {
    breaks: "clients led into the box",
    changes: {
      "natGateways.1.input": "public-network",
      "natGateways.1.output": "gateway-network",
      "natGateways.1.snatAddress": "egress",
    },
    says: [
      'natGateways[1].input: "public-network" is where clients come from, and this would lead them into gateway-network: write it as output',
    ],
  },
  {
    breaks: "web servers led past the gateways' border",
    changes: {
      "natGateways.0.input": "gateway-network",
      "natGateways.0.output": "box-network",
      "natGateways.0.snatAddress": "nat",
    },
    says: [
      'natGateways[0].output: "box-network" lies behind the gateways, and this would lead past everything they keep closed: write it as input',
    ],
  },
  {
    breaks: "an opening to clients on hosts of the box network",
    changes: {
      "hosts.gateway-4.addresses.public-network": "192.168.0.14",
      "hosts.gateway-5.addresses.public-network": "192.168.0.15",
      hostNetworks: undefined,
      "natGateways.0.openPorts": [
        { network: "gateway-network", port: 9090 },
        { network: "public-network", port: 3000 },
      ],
    },
    says: [
      'natGateways[0].openPorts[1].network: "public-network" is where clients come from, and gateway-4 is on box-network: port 3000 would expose that network to them; remove it, and lead them there by a route of webservers',
    ],
  },
  {
    breaks: "one opening twice",
    changes: {
      "natGateways.0.openPorts": [
        { network: "gateway-network", port: 9090 },
        { network: "gateway-network", port: 9090, protocol: "udp" },
        { network: "gateway-network", port: 9090, protocol: "tcp" },
      ],
    },
    says: ["natGateways[0].openPorts[2]: tcp port 9090 on gateway-network is open already: keep one"],
  },
  {
    breaks: "unknown names",
    changes: {
      "natGateways.0.pool": "nat-pool",
      "natGateways.1.input": "gatway-network",
      "natGateways.1.openPorts": [{ network: "public", port: 443 }],
    },
    says: [
      'natGateways[0].pool: unknown pool "nat-pool" (known: webservers-pool, kube-gateway-pool, nat-gateway-pool, supervisors-pool, masters-pool, nodes-pool, databases-pool, search-pool)',
      'natGateways[1].input: unknown network "gatway-network" (did you mean "gateway-network"?)',
      'natGateways[1].openPorts[0].network: unknown network "public" (known: public-network, box-network, gateway-network)',
      'natGateways[0].snatAddress: "natOut" is a VIP of nat-gateway-pool, not of nat-pool: declare a VIP of nat-pool on gateway-network under virtualIps, and name it',
    ],
  },
  {
    breaks: "numbers that cannot be, and the documents' words, beside another's violation",
    changes: {
      "natGateways.0.conntrack": { max: 100 },
      "natGateways.0.input_interface": "box-network",
      "natGateways.0.openPorts": [{ network: "gateway-network", port: 70000, protocol: "icmp" }],
      "natGateways.1.snatAddress": "edg",
    },
    says: [
      'natGateways[0].openPorts[0].protocol: "icmp" is not one of the values it can have (known: tcp, udp)',
      "natGateways[0].openPorts[0].port: 70000 is not a port: write a whole number from 1 to 65535",
      "natGateways[0].conntrack.max: 100 is not a number of connections: write 1024 to 16777216",
      'natGateways[0].input_interface: unknown key "input_interface": write input, the name of the network',
      'natGateways[1].snatAddress: unknown VIP "edg" (did you mean "edge"?)',
    ],
  },
  {
    breaks: "a share of connections that is none",
    changes: {
      "natGateways.0.conntrack": { max: 2048, perSource: 4096 },
      "natGateways.1.conntrack": { perSource: 10 },
    },
    says: [
      "natGateways[1].conntrack.perSource: 10 is too few connections for a host: write at least 64",
      "natGateways[0].conntrack.perSource: 4096 is more than all connections of the gateway: write at most max, 2048, or leave it out",
    ],
  },
  {
    breaks: "a pool of kube gateways",
    changes: {
      "pools.nat-gateway-pool": ["gateway-4", "gateway-1"],
      ...priorities("gateway-4", "gateway-1"),
      hostNetworks: undefined,
    },
    says: [
      'virtualIps.nat.pool: "nat-gateway-pool" has gateway-1, and so has kube-gateway-pool: the VIPs of a host are one pool\'s; write kube-gateway-pool, or take gateway-1 out of one of them',
      "natGateways[0].pool: gateway-1 of nat-gateway-pool is a kube gateway too, and a NAT gateway closes the ports of all routes: write a pool of other hosts",
    ],
  },
  {
    breaks: "a pool of the cluster's nodes",
    changes: { "kubeGateways.routes.kibana.destination.group.name": "nat-gateway-pool" },
    says: [
      "natGateways[0].pool: gateway-4 of nat-gateway-pool is a node of the cluster too (kubeGateways.routes.kibana leads there), and a NAT gateway closes what nodes need of each other: write a pool of other hosts",
    ],
  },
  {
    breaks: "openPorts of SSH's port, the usual one and the host's own",
    changes: {
      "hosts.gateway-4.connection": { port: 2222 },
      "hosts.gateway-4.hostKey": hostKeyFor("gateway-4"),
      "natGateways.0.openPorts": [
        { network: "gateway-network", port: 22 },
        { network: "gateway-network", port: 22, protocol: "udp" },
        { network: "box-network", port: 2222 },
      ],
    },
    says: [
      "natGateways[0].openPorts[0].port: 22 is SSH's port on gateway-4, which is open on box-network, where the operator comes in, and nowhere else: remove it",
      "natGateways[0].openPorts[2].port: 2222 is SSH's port on gateway-4, which is open on box-network, where the operator comes in, and nowhere else: remove it",
    ],
  },
  {
    breaks: "a web route to a port that is not open on the NAT gateways",
    changes: { "webservers.routes.prometheus": prometheus },
    says: [
      "webservers.routes.prometheus.upstream.port: port 9090 is closed on nat-gateway-pool: add { network: gateway-network, port: 9090 } to natGateways[0].openPorts",
    ],
  },
  {
    breaks: "a web route to a port that is open elsewhere, or for another protocol",
    changes: {
      "webservers.routes.prometheus": prometheus,
      "natGateways.0.openPorts": [
        { network: "box-network", port: 9090 },
        { network: "gateway-network", port: 9090, protocol: "udp" },
      ],
    },
    says: [
      "webservers.routes.prometheus.upstream.port: port 9090 is closed on nat-gateway-pool: add { network: gateway-network, port: 9090 } to natGateways[0].openPorts",
    ],
  },
  {
    breaks: "a gateway route to a port that is not open on the NAT gateways",
    changes: {
      "kubeGateways.routes.prometheus": { port: 9090, destination: { group: { name: "nat-gateway-pool" } } },
    },
    says: [
      "kubeGateways.routes.prometheus.port: port 9090 is closed on nat-gateway-pool: add { network: box-network, port: 9090 } to natGateways[0].openPorts",
    ],
  },
]);

describe("routes to a NAT gateway's own ports", () => {
  const gatewayRoute = (port: number) => ({ port, destination: { group: { name: "nat-gateway-pool" } } });
  for (const [what, changes] of Object.entries<Changes>({
    "may lead to what openPorts declares": {
      "webservers.routes.prometheus": prometheus,
      "kubeGateways.routes.prometheus": gatewayRoute(9090),
      "natGateways.0.openPorts": [
        { network: "gateway-network", port: 9090 },
        { network: "box-network", port: 9090 },
      ],
    },
    "may lead to any port of hosts that the stack does not configure": {
      "kubeGateways.routes.search": { port: 9200, destination: { group: { name: "search-pool" } } },
    },
  }))
    it(what, () => assert.doesNotThrow(() => parseProtobox(changes)));
});
