import { knownHostsFor } from "../hostKey.ts";
import { describeViolations } from "../violations.ts";

const noEther =
  "is not the hardware address of one NIC, such as 52:54:00:a8:02:0b: six pairs of hex digits, the first pair even";

const noMachine =
  'is not a name of a machine: write letters, digits, ".", "_", ":", "-", at most 64; a date stands in quotes';

describeViolations("hardware addresses and default routes", [
  {
    breaks: "a NIC of a network that the host is not on",
    changes: { "hosts.node-1.macAddresses": { "gateway-network": "52:54:00:00:00:01" } },
    says: [
      'hosts.node-1.macAddresses.gateway-network: "52:54:00:00:00:01": node-1 has no address on gateway-network (known: box-network)',
    ],
  },
  {
    breaks: "a NIC of an unknown network",
    changes: { "hosts.node-1.macAddresses": { boxnetwork: "52:54:00:00:00:01" } },
    says: ['hosts.node-1.macAddresses.boxnetwork: unknown network "boxnetwork" (did you mean "box-network"?)'],
  },
  {
    breaks: "one NIC twice, in other letters",
    changes: {
      "hosts.node-1.macAddresses": { "box-network": "52:54:00:00:00:0a" },
      "hosts.node-2.macAddresses": { "box-network": "52:54:00:00:00:0A" },
    },
    says: [
      'hosts.node-2.macAddresses.box-network: "52:54:00:00:00:0A" is that of hosts.node-1.macAddresses.box-network: each NIC has one of its own',
    ],
  },
  {
    breaks: "a machine whose name a command on the host could not bear",
    changes: { "hosts.node-1.machine": "two\nlines", "hosts.node-2.machine": "" },
    says: [`hosts.node-1.machine: "two\\nlines" ${noMachine}`, `hosts.node-2.machine: "" ${noMachine}`],
  },
  {
    breaks: "what no NIC has",
    changes: {
      "hosts.node-1.macAddresses": { "box-network": "52:54:00:00:01" },
      "hosts.node-2.macAddresses": { "box-network": "01:00:5e:00:00:12" },
    },
    says: [
      `hosts.node-1.macAddresses.box-network: "52:54:00:00:01" ${noEther}`,
      `hosts.node-2.macAddresses.box-network: "01:00:5e:00:00:12" ${noEther}`,
    ],
  },
  {
    breaks: "the documents' word for a hardware address",
    changes: { "hosts.node-1.ether": "52:54:00:00:00:01" },
    says: ['hosts.node-1.ether: unknown key "ether": write macAddresses'],
  },
  {
    breaks: "a default route outside of the host's networks",
    changes: { "hosts.node-1.defaultGateway": "192.168.2.254", "hosts.gateway-1.defaultGateway": "192.168.0.1" },
    says: [
      "hosts.gateway-1.defaultGateway: 192.168.0.1 lies outside of the networks of gateway-1: write an address in gateway-network 192.168.2.0/24, box-network 192.168.1.0/24",
      "hosts.node-1.defaultGateway: 192.168.2.254 lies outside of the networks of node-1: write an address in box-network 192.168.1.0/24",
    ],
  },
  {
    breaks: "a default route to nobody and to the host itself",
    changes: { "hosts.node-1.defaultGateway": "192.168.1.255", "hosts.node-2.defaultGateway": "192.168.1.52" },
    says: [
      "hosts.node-1.defaultGateway: 192.168.1.255 is the broadcast address of box-network 192.168.1.0/24: give the router one of its own",
      "hosts.node-2.defaultGateway: 192.168.1.52 is node-2 itself: write the address of the next router",
    ],
  },
]);

const notReplaced =
  "is not a file of netplan or ifupdown: write its whole path, /etc/netplan/NAME.yaml, /etc/network/interfaces or /etc/network/interfaces.d/NAME";

describeViolations("hosts whose network is written", [
  {
    breaks: "an unknown pool",
    changes: { "hostNetworks.pools": ["webserver-pool"] },
    says: ['hostNetworks.pools[0]: unknown pool "webserver-pool" (did you mean "webservers-pool"?)'],
  },
  {
    breaks: "an interface that cannot be found, of a host named for nothing else",
    changes: {
      "hosts.gateway-4.macAddresses": { "gateway-network": "02:67:c0:a8:02:0e" },
      "hosts.supervisor-1.macAddresses": undefined,
    },
    says: [
      'hosts.gateway-4.macAddresses.box-network: is missing, and hostNetworks finds the interface by it: write the one that "ip -br link" shows on gateway-4',
      'hosts.supervisor-1.macAddresses.box-network: is missing, and hostNetworks finds the interface by it: write the one that "ip -br link" shows on supervisor-1',
    ],
  },
  {
    breaks: "one pool twice, and one host in two pools",
    changes: {
      "pools.more-pool": ["node-1", "supervisor-1", "gateway-1"],
      "hosts.node-1.macAddresses": { "box-network": "52:54:00:00:00:01" },
      "hostNetworks.pools": ["supervisors-pool", "more-pool", "supervisors-pool"],
    },
    says: [
      'hostNetworks.pools[1]: "more-pool" has supervisor-1, which is in supervisors-pool too: a host\'s network is written once, so name one of them',
      'hostNetworks.pools[2]: "supervisors-pool" is named already: keep one',
    ],
  },
  {
    breaks: "a host that is configured for nothing else and that SSH does not reach",
    changes: {
      "pools.supervisors-pool": ["supervisor-1", "node-1"],
      "hosts.node-1.macAddresses": { "box-network": "52:54:00:00:00:01" },
    },
    knownHosts: knownHostsFor([
      "webserver-1",
      "webserver-2",
      "gateway-1",
      "gateway-2",
      "gateway-3",
      "gateway-4",
      "gateway-5",
      "supervisor-1",
    ]),
    says: [
      "hosts.node-1.hostKey: is missing, and the known_hosts file has no line for node-1 or 192.168.1.51: write the key from /etc/ssh/ssh_host_ed25519_key.pub of the host here or there",
    ],
  },
  {
    breaks: "files that are neither netplan's nor ifupdown's, and our own",
    changes: {
      "hostNetworks.replaces": [
        "/etc/network/interfaces.d",
        "50-cloud-init.yaml",
        "/etc/netplan/../shadow.yaml",
        "/etc/netplan/60-gatebox.yaml",
        "/etc/netplan/50-cloud-init.yaml",
        "/etc/network/interfaces",
        "/etc/network/interfaces.d/50-cloud-init",
      ],
    },
    says: [
      `hostNetworks.replaces[0]: "/etc/network/interfaces.d" ${notReplaced}`,
      `hostNetworks.replaces[1]: "50-cloud-init.yaml" ${notReplaced}`,
      `hostNetworks.replaces[2]: "/etc/netplan/../shadow.yaml" ${notReplaced}`,
      'hostNetworks.replaces[3]: "/etc/netplan/60-gatebox.yaml" is the file that is written: leave it out',
    ],
  },
  {
    breaks: "name servers that are names",
    changes: { "hostNetworks.nameservers": ["192.168.1.53", "ns.example", "2001:db8::53"] },
    says: ['hostNetworks.nameservers[1]: "ns.example" is not an IP address such as 192.168.1.53'],
  },
  {
    breaks: "a list of pools instead of the section",
    changes: { hostNetworks: ["nat-gateway-pool"] },
    says: ['hostNetworks: ["nat-gateway-pool"] is a list, expected a mapping'],
  },
  {
    breaks: "a default route through an address that the host may hold itself",
    changes: { "hosts.gateway-4.defaultGateway": "192.168.1.254", "hosts.webserver-2.defaultGateway": "192.168.2.254" },
    says: [
      'hosts.webserver-2.defaultGateway: 192.168.2.254 is VIP "egress", which webserver-2 may hold itself: write the next router',
      'hosts.gateway-4.defaultGateway: 192.168.1.254 is VIP "nat", which gateway-4 may hold itself: write the next router',
    ],
  },
]);
