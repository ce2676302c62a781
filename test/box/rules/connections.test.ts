import { describeViolations } from "../violations.ts";

describeViolations("connections", [
  {
    breaks: "a host that is not on the connection's network",
    changes: { "hosts.webserver-2.connection": undefined },
    says: [
      'hosts.webserver-2.connection.network: "box-network" is where SSH goes, but webserver-2 has no address on it: write "connection: { network: public-network }" for it, or give it an address there',
    ],
  },
  {
    breaks: "a host as its own bastion",
    changes: { "hosts.gateway-3.connection.bastion": "gateway-3" },
    says: ['hosts.gateway-3.connection.bastion: "gateway-3" is the host itself: name another host, or write false'],
  },
  {
    breaks: "a bastion behind a bastion",
    changes: { "hosts.supervisor-1.connection": { bastion: "node-1" } },
    says: [
      'hosts.supervisor-1.connection.bastion: "node-1": supervisor-1 is the bastion of gateway-3, and a bastion is reached directly: remove it, or write false',
    ],
  },
  {
    breaks: "true for a bastion",
    changes: { "hosts.gateway-3.connection.bastion": true },
    says: ["hosts.gateway-3.connection.bastion: true is neither the name of a host nor false"],
  },
  {
    breaks: "a user that nobody can be",
    changes: { "connection.user": "Root!" },
    says: ['connection.user: "Root!" is not a login name: write lower-case letters, digits, "_" and "-", at most 32'],
  },
  {
    breaks: "a port that is none",
    changes: { "connection.port": 0, "hosts.gateway-1.connection": { port: 70000 } },
    says: [
      "connection.port: 0 is not a port: write a whole number from 1 to 65535",
      "hosts.gateway-1.connection.port: 70000 is not a port: write a whole number from 1 to 65535",
    ],
  },
  {
    breaks: "sources of SSH that are no addresses, nobody, everybody or no networks",
    changes: {
      "connection.from": ["anywhere", "0.0.0.0/0", "192.168.0.2/24"],
      "hosts.gateway-1.connection": { from: [] },
      "hosts.gateway-2.connection": { from: ["fd00:0:0:a::7/64", "::/0"] },
    },
    says: [
      'connection.from[0]: "anywhere" is neither an address nor a network: write for example 192.0.2.7, 192.0.2.0/24 or 2001:db8::/64',
      'connection.from[1]: "0.0.0.0/0" is everybody: write the operator\'s addresses, or leave the list out',
      "connection.from[2]: 192.168.0.2/24 is an address inside of a network, not the network: write 192.168.0.0/24, or 192.168.0.2 alone",
      "hosts.gateway-1.connection.from: [] is empty, and would let nobody in: write the operator's addresses, or leave it out",
      "hosts.gateway-2.connection.from[0]: fd00:0:0:a::7/64 is an address inside of a network, not the network: write fd00:0:0:a::/64, or fd00:0:0:a::7 alone",
      'hosts.gateway-2.connection.from[1]: "::/0" is everybody: write the operator\'s addresses, or leave the list out',
    ],
  },
]);
