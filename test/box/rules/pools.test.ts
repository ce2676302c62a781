import { describeViolations } from "../violations.ts";

describeViolations("pools", [
  {
    breaks: "an empty pool",
    changes: { "pools.webservers-pool": [] },
    says: ["pools.webservers-pool: [] is an empty pool: name at least one host, or remove the pool"],
  },
  {
    breaks: "a member twice",
    changes: { "pools.webservers-pool": ["webserver-1", "webserver-2", "webserver-1"] },
    says: ['pools.webservers-pool[2]: "webserver-1" is in webservers-pool already: remove one of the two'],
  },
  {
    breaks: "gateways that are not on a network",
    changes: {
      "hosts.gateway-2.addresses.gateway-network": undefined,
      "hosts.gateway-2.macAddresses.gateway-network": undefined,
      "hosts.gateway-2.defaultGateway": undefined,
    },
    says: [
      "hosts.gateway-2.addresses.gateway-network: is missing: gateway-2 is in kube-gateway-pool, and the pool of kubeGateways works on its network; give it an address there or remove it from the pool",
    ],
  },
  {
    breaks: "a group that is not behind the gateways",
    changes: {
      "hosts.webserver-3": { addresses: { "public-network": "192.168.0.40" } },
      "pools.mixed-pool": ["webserver-3"],
      "kubeGateways.routes.kibana.destination.group.name": "mixed-pool",
    },
    says: [
      "hosts.webserver-3.addresses.box-network: is missing: webserver-3 is in mixed-pool, and gateway route kibana leads there; give it an address there or remove it from the pool",
    ],
  },
  {
    breaks: "a stream's group that is not on the upstream network",
    changes: { "webservers.routes.kibana.upstream.group": "masters-pool" },
    says: [
      "hosts.master-1.addresses.gateway-network: is missing: master-1 is in masters-pool, and web route kibana leads there; give it an address there or remove it from the pool",
      "hosts.master-2.addresses.gateway-network: is missing: master-2 is in masters-pool, and web route kibana leads there; give it an address there or remove it from the pool",
      "hosts.master-3.addresses.gateway-network: is missing: master-3 is in masters-pool, and web route kibana leads there; give it an address there or remove it from the pool",
    ],
  },
  {
    breaks: "a web server behind the gateways",
    changes: { "hosts.webserver-1.addresses.box-network": "192.168.1.60", hostNetworks: undefined },
    says: [
      "hosts.webserver-1.addresses.box-network: 192.168.1.60 puts web server webserver-1 behind the gateways, past everything they keep closed: remove the address, or the host from webservers-pool",
    ],
  },
  {
    breaks: "gateways within one network",
    changes: { "kubeGateways.backendNetwork": "gateway-network" },
    says: [
      'kubeGateways.backendNetwork: "gateway-network" is the gateways\' network too: there is no border within one network',
    ],
  },
  {
    breaks: "upstreams where no gateway listens",
    changes: { "webservers.upstreamNetwork": "public-network" },
    says: [
      'webservers.upstreamNetwork: "public-network" is not where the gateways listen: write "gateway-network", the network of kubeGateways',
    ],
  },
]);
