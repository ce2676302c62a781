import { describeViolations } from "../violations.ts";

/** A VIP of its own, with what a case changes. */
function vip(changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    pool: "kube-gateway-pool",
    network: "gateway-network",
    address: "192.168.2.9",
    virtualRouterId: 4,
    ...changes,
  };
}

describeViolations("VIPs", [
  {
    breaks: "one router identifier twice on a network, across pools",
    changes: { "virtualIps.kube": vip({ virtualRouterId: 2 }) },
    says: [
      "virtualIps.kube.virtualRouterId: 2 is the number of virtualIps.egress on gateway-network already: 1 is free",
    ],
  },
  {
    breaks: "no router identifiers",
    changes: { "virtualIps.edge.virtualRouterId": 0, "virtualIps.kube": vip({ virtualRouterId: 256 }) },
    says: [
      "virtualIps.edge.virtualRouterId: 0 is not a virtual router identifier: write a whole number from 1 to 255",
      "virtualIps.kube.virtualRouterId: 256 is not a virtual router identifier: write a whole number from 1 to 255",
    ],
  },
  {
    breaks: "a host in two pools that have VIPs",
    changes: { "pools.more": ["gateway-4", "gateway-3"], "virtualIps.more": vip({ pool: "more" }) },
    says: [
      'virtualIps.more.pool: "more" has gateway-4, and so has nat-gateway-pool: the VIPs of a host are one pool\'s; write nat-gateway-pool, or take gateway-4 out of one of them',
    ],
  },
  {
    breaks: "equal priorities",
    changes: { "virtualIps.edge.priorities": { "webserver-1": 200, "webserver-2": 200 } },
    says: ["virtualIps.edge.priorities.webserver-2: 200 is the priority of webserver-1 already: 190 is free"],
  },
  {
    breaks: "equal priorities at the lower end",
    changes: {
      "virtualIps.kube": vip({ priorities: { "gateway-1": 12, "gateway-2": 2, "gateway-3": 2 } }),
    },
    says: ["virtualIps.kube.priorities.gateway-3: 2 is the priority of gateway-2 already: 3 is free"],
  },
  {
    breaks: "priorities outside of what VRRP has",
    changes: { "virtualIps.edge.priorities": { "webserver-1": 255, "webserver-2": 1 } },
    says: [
      "virtualIps.edge.priorities.webserver-1: 255 is not a priority: write a whole number from 2 to 254",
      "virtualIps.edge.priorities.webserver-2: 1 is not a priority: write a whole number from 2 to 254",
    ],
  },
  {
    breaks: "a priority of a host outside of the pool",
    changes: { "virtualIps.edge.priorities.gateway-1": 50 },
    says: [
      'virtualIps.edge.priorities.gateway-1: "gateway-1" is not in webservers-pool (known: webserver-1, webserver-2)',
    ],
  },
  {
    breaks: "a misspelt host among the priorities",
    changes: { "virtualIps.edge.priorities": { "webserver-1": 200, "webservr-2": 100 } },
    says: [
      'virtualIps.edge.priorities.webservr-2: "webservr-2" is not in webservers-pool (did you mean "webserver-2"?)',
      "virtualIps.edge.priorities.webserver-2: is missing: webserver-2 is in webservers-pool; write its priority, or no priorities for those by the pool's order",
    ],
  },
  {
    breaks: "a pool without the host of a priority, both misspelt",
    changes: { "pools.webservers-pool.1": "webserver-3" },
    says: ['pools.webservers-pool[1]: unknown host "webserver-3" (did you mean "webserver-1"?)'],
  },
  {
    breaks: "an address outside of its network",
    changes: { "virtualIps.edge.address": "192.168.3.33" },
    says: [
      "virtualIps.edge.address: 192.168.3.33 lies outside of public-network 192.168.0.0/24: write one of 192.168.0.1 to 192.168.0.254",
    ],
  },
  {
    breaks: "an address of another network",
    changes: { "virtualIps.edge.address": "192.168.2.33" },
    says: [
      "virtualIps.edge.address: 192.168.2.33 lies outside of public-network 192.168.0.0/24: it lies in gateway-network 192.168.2.0/24",
    ],
  },
  {
    breaks: "a network's own and its broadcast address",
    changes: { "virtualIps.edge.address": "192.168.0.0", "virtualIps.egress.address": "192.168.2.255" },
    says: [
      "virtualIps.edge.address: 192.168.0.0 is the address of public-network 192.168.0.0/24 itself: give the VIP one of its own",
      "virtualIps.egress.address: 192.168.2.255 is the broadcast address of gateway-network 192.168.2.0/24: give the VIP one of its own",
    ],
  },
  {
    breaks: "a host's address",
    changes: { "virtualIps.edge.address": "192.168.0.32" },
    says: [
      "virtualIps.edge.address: 192.168.0.32 is taken by hosts.webserver-2.addresses.public-network: give the VIP one of its own",
    ],
  },
  {
    breaks: "another VIP's address",
    changes: { "virtualIps.kube": vip({ address: "192.168.2.253" }) },
    says: ["virtualIps.kube.address: 192.168.2.253 is taken by virtualIps.natOut.address: give the VIP one of its own"],
  },
  {
    breaks: "a network that no host of the pool is on",
    changes: { "virtualIps.kube": vip({ network: "public-network", address: "192.168.0.10" }) },
    says: [
      'virtualIps.kube.network: "public-network": no host of kube-gateway-pool is on it (known: box-network, gateway-network)',
    ],
  },
  {
    breaks: "a network that one host of the pool is not on",
    changes: {
      "networks.storage": "10.9.0.0/24",
      "hosts.gateway-1.addresses.storage": "10.9.0.11",
      "hosts.gateway-3.addresses.storage": "10.9.0.13",
      hostNetworks: undefined,
      "virtualIps.kube": vip({ network: "storage", address: "10.9.0.10" }),
    },
    says: [
      "hosts.gateway-2.addresses.storage: is missing: gateway-2 is in kube-gateway-pool, and VIP kube is on that network; give it an address there or remove it from the pool",
    ],
  },
  {
    breaks: "unknown names",
    changes: { "virtualIps.kube": vip({ pool: "kube-gatewy-pool", network: "gateway-net", syncGroup: "natout" }) },
    says: [
      'virtualIps.kube.pool: unknown pool "kube-gatewy-pool" (did you mean "kube-gateway-pool"?)',
      'virtualIps.kube.network: unknown network "gateway-net" (did you mean "gateway-network"?)',
      'virtualIps.kube.syncGroup: unknown VIP "natout" (did you mean "natOut"?)',
    ],
  },
]);

describeViolations("VIPs that move together", [
  {
    breaks: "across pools",
    changes: { "virtualIps.natOut.syncGroup": "egress" },
    says: [
      'virtualIps.natOut.syncGroup: "egress" is on webservers-pool, and natOut on nat-gateway-pool: only VIPs of one pool can move together',
    ],
  },
  {
    breaks: "with itself",
    changes: { "virtualIps.nat.syncGroup": "nat", "virtualIps.natOut.syncGroup": undefined },
    says: ['virtualIps.nat.syncGroup: "nat" is the VIP itself: name another one, or remove it'],
  },
  {
    breaks: "each with the other",
    changes: { "virtualIps.nat.syncGroup": "natOut" },
    says: [
      'virtualIps.nat.syncGroup: "natOut" moves with nat already: keep one of the two',
      'virtualIps.natOut.syncGroup: "nat" moves with natOut already: keep one of the two',
    ],
  },
  {
    breaks: "in a chain",
    changes: {
      "virtualIps.third": {
        pool: "nat-gateway-pool",
        network: "box-network",
        address: "192.168.1.253",
        virtualRouterId: 7,
        syncGroup: "natOut",
      },
    },
    says: ['virtualIps.third.syncGroup: "natOut" moves with nat itself: write nat'],
  },
  {
    breaks: "in another order",
    changes: { "virtualIps.natOut.priorities": { "gateway-4": 100, "gateway-5": 200 } },
    says: [
      'virtualIps.natOut.syncGroup: "nat" prefers gateway-4 where natOut prefers gateway-5: bring the priorities of both into one order, else they part',
    ],
  },
  {
    breaks: "in another order than that of the pool",
    changes: {
      "virtualIps.nat.priorities": undefined,
      "virtualIps.natOut.priorities": { "gateway-4": 100, "gateway-5": 200 },
    },
    says: [
      'virtualIps.natOut.syncGroup: "nat" prefers gateway-4 where natOut prefers gateway-5: bring the priorities of both into one order, else they part',
    ],
  },
  {
    breaks: "one with a priority for a stranger",
    changes: { "virtualIps.natOut.priorities": { "gateway-4": 200, "gateway-3": 100 } },
    says: [
      'virtualIps.natOut.priorities.gateway-3: "gateway-3" is not in nat-gateway-pool (did you mean "gateway-4"?)',
      "virtualIps.natOut.priorities.gateway-5: is missing: gateway-5 is in nat-gateway-pool; write its priority, or no priorities for those by the pool's order",
    ],
  },
  {
    breaks: "one back, the other not",
    changes: { "virtualIps.natOut.preempt": false },
    says: [
      'virtualIps.natOut.syncGroup: "nat" has preempt true, and natOut false: write the same for both, else they part',
    ],
  },
]);

const inTens =
  "is not an advert interval: write 10 to 1000 (milliseconds), a multiple of 10, for VRRPv3 counts hundredths of a second";

describeViolations("form of VIPs", [
  {
    breaks: "adverts too rare, too often, or between hundredths",
    changes: {
      "virtualIps.edge.advertIntervalMs": 1010,
      "virtualIps.egress.advertIntervalMs": 0,
      "virtualIps.nat.advertIntervalMs": 105,
    },
    says: [
      `virtualIps.edge.advertIntervalMs: 1010 ${inTens}`,
      `virtualIps.egress.advertIntervalMs: 0 ${inTens}`,
      `virtualIps.nat.advertIntervalMs: 105 ${inTens}`,
    ],
  },
  {
    breaks: "a name that no file can have",
    changes: { "virtualIps.a/b": vip({}) },
    says: [
      'virtualIps.a/b: "a/b" is not a name: write letters, digits and "-", a letter first, no "-" at the end, at most 63 in all',
    ],
  },
  {
    breaks: "a misspelt key",
    changes: { "virtualIps.edge.preemt": false },
    says: ['virtualIps.edge.preemt: unknown key "preemt" (did you mean "preempt"?)'],
  },
  {
    breaks: "the documents' words in a VIP",
    changes: {
      "virtualIps.edge.state": "MASTER",
      "virtualIps.edge.priority": 200,
      "virtualIps.edge.vip": "192.168.0.33",
      "virtualIps.edge.virtual_router_id": 1,
      "virtualIps.edge.interface": "public-network",
    },
    says: [
      'virtualIps.edge.state: unknown key "state": "MASTER" would fix who has the address, which follows from the priorities alone: remove it, and give that host the highest of priorities',
      'virtualIps.edge.priority: unknown key "priority": 200 is one host\'s: write priorities, one for each host of the pool',
      'virtualIps.edge.vip: unknown key "vip": write address',
      'virtualIps.edge.virtual_router_id: unknown key "virtual_router_id": write virtualRouterId',
      'virtualIps.edge.interface: unknown key "interface": write network, each host\'s interface follows from it',
    ],
  },
  {
    breaks: "keepalived's words in a VIP",
    changes: { "virtualIps.edge.nopreempt": true, "virtualIps.edge.advert_int": 1, "virtualIps.edge.auth_pass": "x" },
    says: [
      'virtualIps.edge.nopreempt: unknown key "nopreempt": write "preempt: false"',
      'virtualIps.edge.advert_int: unknown key "advert_int": write advertIntervalMs, in milliseconds',
      'virtualIps.edge.auth_pass: unknown key "auth_pass": VRRPv3 knows no passwords (RFC 5798, 9), and hosts listen to their own pool alone: remove it',
    ],
  },
  {
    breaks: "the documents' words at a host and at the top",
    changes: {
      "hosts.webserver-1.public-network": { priority: 200, state: "MASTER" },
      vips: { "public-network": { virtual_router_id: 1, vip: "192.168.0.33" } },
    },
    says: [
      'vips: unknown key "vips": write virtualIps, with an entry for each address',
      'hosts.webserver-1.public-network: unknown key "public-network": who has a VIP is said under virtualIps, by its priorities; there is no state',
    ],
  },
]);
