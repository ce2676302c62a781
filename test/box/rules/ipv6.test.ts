import { describeViolations } from "../violations.ts";

/** The Protobox with an IPv6 prefix for clients, an address for each web server, and a VIP. */
const dual = (): Record<string, unknown> => ({
  "networks.public-network": { cidr: "192.168.0.0/24", ipv6: "fd00:0:0:a::/64" },
  "hosts.webserver-1.addresses6": { "public-network": "fd00:0:0:a::30" },
  "hosts.webserver-2.addresses6": { "public-network": "fd00:0:0:a::32" },
});

/** The IPv6 VIP for clients, with what a case changes. */
function edge6(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const vip = { pool: "webservers-pool", network: "public-network", address: "fd00:0:0:a::33", virtualRouterId: 1 };
  return { ...dual(), "virtualIps.edge6": { ...vip, ...changes } };
}

const network = (ipv6: string) => ({ ...edge6(), "networks.public-network": { cidr: "192.168.0.0/24", ipv6 } });

describeViolations("IPv6 prefixes", [
  {
    breaks: "what is no prefix",
    changes: { "networks.box-network": { cidr: "192.168.1.0/24", ipv6: "fd00::" } },
    says: ['networks.box-network.ipv6: "fd00::" is not an IPv6 prefix such as fd00:0:0:a::/64'],
  },
  {
    breaks: "a mapping without the IPv4 network, and one with a misspelt key",
    changes: {
      "networks.box-network": { ipv6: "fd00::/64" },
      "networks.public-network": { cidr: "192.168.0.0/24", ip6: "fd00::/64" },
    },
    says: [
      'networks.public-network.ip6: unknown key "ip6" (did you mean "ipv6"?)',
      "networks.box-network.cidr: is missing: write a text",
    ],
  },
  {
    breaks: "a network that is neither a text nor a mapping",
    changes: { "networks.lab": 5 },
    says: ["networks.lab: 5 is neither an IPv4 network such as 192.168.2.0/24 nor { cidr, ipv6 }"],
  },
  {
    breaks: "a prefix by one of its addresses",
    changes: { "networks.box-network": { cidr: "192.168.1.0/24", ipv6: "fd00:0:0:B::7/64" } },
    says: [
      "networks.box-network.ipv6: fd00:0:0:B::7/64 is an address inside of a prefix, not the prefix: write fd00:0:0:b::/64",
    ],
  },
  {
    breaks: "prefixes that no host can be reached in, and one without room",
    changes: {
      "networks.box-network": { cidr: "192.168.1.0/24", ipv6: "fe80::/64" },
      "networks.gateway-network": { cidr: "192.168.2.0/24", ipv6: "ff02::/64" },
      "networks.public-network": { cidr: "192.168.0.0/24", ipv6: "2001:db8::/127" },
    },
    says: [
      "networks.public-network.ipv6: 2001:db8::/127 has no room for hosts: it may be at most /126",
      "networks.box-network.ipv6: fe80::/64 holds no addresses of a network of one's own: write a prefix of 2000::/3, or one that begins with fd",
      "networks.gateway-network.ipv6: ff02::/64 holds no addresses of a network of one's own: write a prefix of 2000::/3, or one that begins with fd",
    ],
  },
  {
    breaks: "overlapping prefixes, in other letters",
    changes: {
      "networks.box-network": { cidr: "192.168.1.0/24", ipv6: "fd00:0:0:a::/64" },
      "networks.public-network": { cidr: "192.168.0.0/24", ipv6: "FD00::/48" },
    },
    says: [
      "networks.box-network.ipv6: fd00:0:0:a::/64 overlaps FD00::/48 of public-network: give each network addresses of its own",
    ],
  },
]);

describeViolations("IPv6 addresses of hosts", [
  {
    breaks: "what is no IPv6 address",
    changes: { ...dual(), "hosts.webserver-1.addresses6.public-network": "192.168.0.30" },
    says: ['hosts.webserver-1.addresses6.public-network: "192.168.0.30" is not an IPv6 address such as fd00:0:0:a::30'],
  },
  {
    breaks: "an address outside of the prefix, and one of another network's",
    changes: {
      ...dual(),
      "networks.gateway-network": { cidr: "192.168.2.0/24", ipv6: "fd00:0:0:b::/64" },
      "hosts.webserver-1.addresses6.public-network": "fd00:0:0:c::30",
      "hosts.webserver-2.addresses6.public-network": "fd00:0:0:b::32",
    },
    says: [
      "hosts.webserver-1.addresses6.public-network: fd00:0:0:c::30 lies outside of public-network fd00:0:0:a::/64: write one of fd00:0:0:a::1 to fd00::a:ffff:ffff:ffff:ffff",
      "hosts.webserver-2.addresses6.public-network: fd00:0:0:b::32 lies outside of public-network fd00:0:0:a::/64: it lies in gateway-network fd00:0:0:b::/64",
    ],
  },
  {
    breaks: "the address of the network's routers",
    changes: { ...dual(), "hosts.webserver-1.addresses6.public-network": "fd00:0:0:a::" },
    says: [
      "hosts.webserver-1.addresses6.public-network: fd00:0:0:a:: is that of every router on public-network fd00:0:0:a::/64: give the host one of its own",
    ],
  },
  {
    breaks: "one address twice, in other letters",
    changes: { ...dual(), "hosts.webserver-2.addresses6.public-network": "FD00:0:0:000A:0::30" },
    says: [
      "hosts.webserver-2.addresses6.public-network: FD00:0:0:000A:0::30 is taken by hosts.webserver-1.addresses6.public-network: an address belongs to one host",
    ],
  },
  {
    breaks: "a network without a prefix",
    changes: { "hosts.node-1.addresses6": { "box-network": "fd00::51" } },
    says: [
      'hosts.node-1.addresses6.box-network: fd00::51: box-network has no IPv6 prefix; write "box-network: { cidr: 192.168.1.0/24, ipv6: … }" under networks, or remove it',
    ],
  },
  {
    breaks: "a network that the host is not on, and one that is unknown",
    changes: {
      ...dual(),
      "hosts.node-1.addresses6": { "public-network": "fd00:0:0:a::51", "publc-network": "fd00::51" },
    },
    says: [
      'hosts.node-1.addresses6.publc-network: unknown network "publc-network" (did you mean "public-network"?)',
      "hosts.node-1.addresses6.public-network: fd00:0:0:a::51: node-1 has no address on public-network (known: box-network); give it one under addresses too",
    ],
  },
]);

describeViolations("IPv6 VIPs", [
  {
    breaks: "what is no address of any family",
    changes: edge6({ address: "fd00:::33" }),
    says: ['virtualIps.edge6.address: "fd00:::33" is not an IP address such as 192.168.2.11 or fd00:0:0:a::11'],
  },
  {
    breaks: "an address outside of its network's prefix",
    changes: edge6({ address: "fd00:0:0:c::33" }),
    says: [
      "virtualIps.edge6.address: fd00:0:0:c::33 lies outside of public-network fd00:0:0:a::/64: write one of fd00:0:0:a::1 to fd00::a:ffff:ffff:ffff:ffff",
    ],
  },
  {
    breaks: "a network without a prefix",
    changes: {
      ...edge6(),
      "networks.public-network": "192.168.0.0/24",
      "hosts.webserver-1.addresses6": undefined,
      "hosts.webserver-2.addresses6": undefined,
    },
    says: [
      'virtualIps.edge6.address: fd00:0:0:a::33: public-network has no IPv6 prefix; write "public-network: { cidr: 192.168.0.0/24, ipv6: … }" under networks, or remove it',
    ],
  },
  {
    breaks: "a host of its pool without an IPv6 address there",
    changes: { ...edge6(), "hosts.webserver-2.addresses6": undefined },
    says: [
      "hosts.webserver-2.addresses6.public-network: is missing: webserver-2 is in webservers-pool, and VIP edge6 has an IPv6 address there; give it one of fd00:0:0:a::/64, or remove it from the pool",
    ],
  },
  {
    breaks: "a host's address, in other letters",
    changes: edge6({ address: "FD00:0:0:A:0:0:0:32" }),
    says: [
      "virtualIps.edge6.address: FD00:0:0:A:0:0:0:32 is taken by hosts.webserver-2.addresses6.public-network: give the VIP one of its own",
    ],
  },
  {
    breaks: "another VIP's address, and its number",
    changes: {
      ...edge6(),
      "virtualIps.other6": {
        pool: "webservers-pool",
        network: "public-network",
        address: "fd00:0:0:a:0::33",
        virtualRouterId: 1,
      },
    },
    says: [
      "virtualIps.other6.address: fd00:0:0:a:0::33 is taken by virtualIps.edge6.address: give the VIP one of its own",
      "virtualIps.other6.virtualRouterId: 1 is the number of virtualIps.edge6 on public-network already: 2 is free",
    ],
  },
  {
    breaks: "another pool and another network than the web servers' for clients",
    changes: {
      ...dual(),
      "networks.gateway-network": { cidr: "192.168.2.0/24", ipv6: "fd00:0:0:b::/64" },
      "hosts.gateway-1.addresses6": { "gateway-network": "fd00:0:0:b::11" },
      "hosts.gateway-2.addresses6": { "gateway-network": "fd00:0:0:b::12" },
      "hosts.gateway-3.addresses6": { "gateway-network": "fd00:0:0:b::13" },
      "virtualIps.kube6": {
        pool: "kube-gateway-pool",
        network: "gateway-network",
        address: "fd00:0:0:b::10",
        virtualRouterId: 4,
      },
    },
    says: [
      "virtualIps.kube6.address: fd00:0:0:b::10 is on gateway-network for kube-gateway-pool, and IPv6 VIPs are for clients of the web servers as yet: write an IPv4 address, or pool webservers-pool and network public-network",
    ],
  },
  {
    breaks: "a source of a NAT gateway",
    changes: { ...edge6(), "natGateways.1.snatAddress": "edge6" },
    says: [
      'natGateways[1].snatAddress: "edge6" is the IPv6 address fd00:0:0:a::33, and IPv6 is not translated: write edge or egressOut',
    ],
  },
  {
    breaks: "a source of a NAT gateway by its address",
    changes: { ...edge6(), "natGateways.1.snatAddress": "fd00:0:0:a::33" },
    says: [
      "natGateways[1].snatAddress: fd00:0:0:a::33 is an IPv6 address, and IPv6 is not translated: write edge or egressOut",
    ],
  },
]);

describeViolations("prefixes that VIPs and hosts no longer fit", [
  {
    breaks: "a prefix that was changed alone",
    changes: network("fd00:0:0:b::/64"),
    says: [
      "hosts.webserver-1.addresses6.public-network: fd00:0:0:a::30",
      "hosts.webserver-2.addresses6.public-network: fd00:0:0:a::32",
      "virtualIps.edge6.address: fd00:0:0:a::33",
    ].map(
      (one) =>
        `${one} lies outside of public-network fd00:0:0:b::/64: write one of fd00:0:0:b::1 to fd00::b:ffff:ffff:ffff:ffff`,
    ),
  },
]);
