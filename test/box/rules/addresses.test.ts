import { describeViolations } from "../violations.ts";

describeViolations("networks and addresses", [
  {
    breaks: "overlapping networks",
    changes: { "networks.lab-network": "192.168.0.0/16" },
    says: [
      "networks.lab-network: 192.168.0.0/16 overlaps 192.168.0.0/24 of public-network: give each network addresses of its own",
      "networks.box-network: 192.168.1.0/24 overlaps 192.168.0.0/16 of lab-network: give each network addresses of its own",
      "networks.gateway-network: 192.168.2.0/24 overlaps 192.168.0.0/16 of lab-network: give each network addresses of its own",
    ],
  },
  {
    breaks: "a network by one of its addresses",
    changes: { "networks.box-network": "192.168.1.7/24" },
    says: [
      "networks.box-network: 192.168.1.7/24 is an address inside of a network, not the network: write 192.168.1.0/24",
    ],
  },
  {
    breaks: "a network without room",
    changes: { "networks.point": "10.0.0.0/31" },
    says: ["networks.point: 10.0.0.0/31 has no room for hosts: its prefix may be at most /30"],
  },
  {
    breaks: "an address outside of its network",
    changes: { "hosts.node-1.addresses.box-network": "192.168.3.51" },
    says: [
      "hosts.node-1.addresses.box-network: 192.168.3.51 lies outside of box-network 192.168.1.0/24: write one of 192.168.1.1 to 192.168.1.254",
    ],
  },
  {
    breaks: "an address of another network",
    changes: { "hosts.gateway-4.addresses.box-network": "192.168.2.99" },
    says: [
      "hosts.gateway-4.addresses.box-network: 192.168.2.99 lies outside of box-network 192.168.1.0/24: it lies in gateway-network 192.168.2.0/24",
    ],
  },
  {
    breaks: "a network address",
    changes: { "hosts.node-1.addresses.box-network": "192.168.1.0" },
    says: [
      "hosts.node-1.addresses.box-network: 192.168.1.0 is the address of box-network 192.168.1.0/24 itself: give the host one of its own",
    ],
  },
  {
    breaks: "a broadcast address",
    changes: { "hosts.node-1.addresses.box-network": "192.168.1.255" },
    says: [
      "hosts.node-1.addresses.box-network: 192.168.1.255 is the broadcast address of box-network 192.168.1.0/24: give the host one of its own",
    ],
  },
  {
    breaks: "an address of two hosts",
    changes: { "hosts.node-1.addresses.box-network": "192.168.1.7" },
    says: [
      "hosts.node-1.addresses.box-network: 192.168.1.7 is taken by hosts.supervisor-1.addresses.box-network: an address belongs to one host",
    ],
  },
  {
    breaks: "no address at all",
    changes: { "hosts.node-1.addresses": {} },
    says: ["hosts.node-1.addresses: {} is empty: a host has an address on at least one network"],
  },
  {
    breaks: "what is no address",
    changes: { "hosts.node-1.addresses.box-network": "192.168.1" },
    says: ['hosts.node-1.addresses.box-network: "192.168.1" is not an IPv4 address such as 192.168.2.11'],
  },
  {
    breaks: "what is no network",
    changes: { "networks.box-network": "192.168.1.0" },
    says: ['networks.box-network: "192.168.1.0" is not an IPv4 network such as 192.168.2.0/24'],
  },
]);
