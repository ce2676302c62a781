import { describeMistakes } from "../mistakes.ts";

const noEther =
  "is not the hardware address of one card, such as 52:54:00:a8:02:0b: six pairs of hex digits, the first pair even";

describeMistakes("hardware addresses and default routes", [
  {
    breaks: "a card of a network that the host is not on",
    changes: { "hosts.node-1.ethers": { "gateway-network": "52:54:00:00:00:01" } },
    says: [
      'hosts.node-1.ethers.gateway-network: "52:54:00:00:00:01": node-1 has no address on gateway-network (known: box-network)',
    ],
  },
  {
    breaks: "a card of an unknown network",
    changes: { "hosts.node-1.ethers": { boxnetwork: "52:54:00:00:00:01" } },
    says: ['hosts.node-1.ethers.boxnetwork: unknown network "boxnetwork" (did you mean "box-network"?)'],
  },
  {
    breaks: "one card twice, in other letters",
    changes: {
      "hosts.node-1.ethers": { "box-network": "52:54:00:00:00:0a" },
      "hosts.node-2.ethers": { "box-network": "52:54:00:00:00:0A" },
    },
    says: [
      'hosts.node-2.ethers.box-network: "52:54:00:00:00:0A" is that of hosts.node-1.ethers.box-network: each card has one of its own',
    ],
  },
  {
    breaks: "what no card has",
    changes: {
      "hosts.node-1.ethers": { "box-network": "52:54:00:00:01" },
      "hosts.node-2.ethers": { "box-network": "01:00:5e:00:00:12" },
    },
    says: [
      `hosts.node-1.ethers.box-network: "52:54:00:00:01" ${noEther}`,
      `hosts.node-2.ethers.box-network: "01:00:5e:00:00:12" ${noEther}`,
    ],
  },
  {
    breaks: "the documents' word for a card",
    changes: { "hosts.node-1.ether": "52:54:00:00:00:01" },
    says: ['hosts.node-1.ether: unknown key "ether" (did you mean "ethers"?)'],
  },
  {
    breaks: "a default route outside of the host's networks",
    changes: { "hosts.node-1.defaultVia": "192.168.2.254", "hosts.gateway-1.defaultVia": "192.168.0.1" },
    says: [
      "hosts.gateway-1.defaultVia: 192.168.0.1 lies outside of the networks of gateway-1: write an address in gateway-network 192.168.2.0/24, box-network 192.168.1.0/24",
      "hosts.node-1.defaultVia: 192.168.2.254 lies outside of the networks of node-1: write an address in box-network 192.168.1.0/24",
    ],
  },
  {
    breaks: "a default route to nobody and to the host itself",
    changes: { "hosts.node-1.defaultVia": "192.168.1.255", "hosts.node-2.defaultVia": "192.168.1.52" },
    says: [
      "hosts.node-1.defaultVia: 192.168.1.255 is the broadcast address of box-network 192.168.1.0/24: give the router one of its own",
      "hosts.node-2.defaultVia: 192.168.1.52 is node-2 itself: write the address of the next machine on the way out",
    ],
  },
]);
