import { describeImport } from "./reported.ts";

const node = "all.hosts.node-1";
const withoutAddresses = Object.fromEntries(
  ["ip", "access_ip", "ansible_host"].map((key) => [`${node}.${key}`, undefined]),
);
const secrets = {
  ansible_become_pass: "hunter2",
  db_pw: "hunter2",
  wifi_psk: "hunter2",
  snmp_community: "hunter2",
  smtp: "smtp://mail:hunter2@mail.test",
  constructor: "hunter2",
};
const fewer = (count: number) =>
  `left hosts.yml: all.hosts.webserver-1.networks_interfaces.public-network.network_manager: "netplan" is left out, and ${count} more of this name: a stack file has no choice of it`;

describeImport("hosts and networks", [
  {
    finds: "a network under its other name; the interface keeps that",
    hosts: {
      "all.hosts.webserver-1.networks_interfaces": {
        "public-gateway": { ip: "192.168.0.30", network_manager: "netplan" },
        "gateway-network": { ip: "192.168.2.1", network_manager: "netplan" },
      },
      "all.children.nat_gateway_pool.vars.output_interface": "cluster-gateway",
    },
    tells: [
      'changed hosts.yml: all.hosts.webserver-1.networks_interfaces.public-gateway: "public-gateway" is another name of public-network: it is public-network everywhere',
      'changed hosts.yml: all.children.nat_gateway_pool.vars.output_interface: "cluster-gateway" is another name of gateway-network: it is gateway-network everywhere',
      'left hosts.yml: all.hosts.webserver-1.networks_interfaces.public-gateway.network_manager: "netplan" is left out, and 25 more of this name: a stack file has no choice of it',
    ],
    writes: {
      "hosts.webserver-1.addresses": { "public-network": "192.168.0.30", "gateway-network": "192.168.2.1" },
      "hosts.webserver-1.interfaces": { "public-network": "public-gateway" },
      "natGateways.0.output": "gateway-network",
    },
  },
  {
    finds: "the same at many places: once, with their number",
    hosts: Object.fromEntries(
      [1, 2].flatMap((at) => [
        [`all.hosts.node-${at}.networks_interfaces.box-network`, undefined],
        [`all.hosts.node-${at}.networks_interfaces.box_network`, { ip: `192.168.1.5${at}` }],
      ]),
    ),
    tells: [
      'changed hosts.yml: all.hosts.node-1.networks_interfaces.box_network: "box_network" is another name of box-network: it is box-network everywhere (and 1 more place)',
      fewer(23),
    ],
    writes: { "hosts.node-2.addresses": { "box-network": "192.168.1.52" } },
  },
  {
    finds: "an interface without an address",
    hosts: { ...withoutAddresses, [`${node}.networks_interfaces.box-network`]: { dhcp: true } },
    tells: ["fill hosts.node-1.addresses: the address of node-1 on box-network, which has no ip there", fewer(24)],
    writes: { "hosts.node-1.addresses": { "box-network": "TO-FILL-IN" } },
  },
  {
    finds: "an address from DHCP",
    hosts: { [`${node}.networks_interfaces.box-network.dhcp`]: "yes" },
    tells: [
      "changed hosts.yml: all.hosts.node-1.networks_interfaces.box-network: dhcp: 192.168.1.51 is written as node-1's fixed address, see that it stays",
    ],
    writes: { "hosts.node-1.addresses": { "box-network": "192.168.1.51" } },
  },
  {
    finds: "a host without interfaces, whose address says where it is",
    hosts: { [`${node}.networks_interfaces`]: undefined },
    tells: [
      "changed hosts.yml: all.hosts.node-1.ip: 192.168.1.51 lies in box-network, where node-1 has no interface: written as its address there",
      fewer(24),
    ],
    writes: { "hosts.node-1": { addresses: { "box-network": "192.168.1.51" } } },
  },
  {
    finds: "SSH to addresses that the hosts do not have",
    hosts: { [`${node}.ansible_host`]: "10.0.0.7", "all.hosts.node-2.ansible_host": "192.168.1.53" },
    tells: [
      'changed hosts.yml: all.hosts.node-1.ansible_host: "10.0.0.7" lies in no network: left out; see which one node-1 has',
      'changed hosts.yml: all.hosts.node-2.ansible_host: "192.168.1.53" is not 192.168.1.52, its address on box-network: left out; see which one node-2 has',
    ],
  },
  {
    finds: "users and ports of SSH, a group's and a host's own",
    hosts: {
      "all.vars.ansible_user": "ops",
      "all.children.nodes_pool.vars.ansible_user": "nodes",
      [`${node}.ansible_port`]: 2222,
      "all.hosts.node-2.ansible_user": "root",
    },
    tells: [],
    writes: {
      "connection.user": "ops",
      "hosts.node-1.connection": { user: "nodes", port: 2222 },
      "hosts.node-2.connection": { user: "root" },
    },
  },
  {
    finds: "a prefix",
    hosts: { "all.hosts.webserver-1.networks_interfaces.public-network.ip": "192.168.0.30/26" },
    tells: [],
    writes: {
      "networks.public-network": "192.168.0.0/26",
      "hosts.webserver-1.addresses.public-network": "192.168.0.30",
    },
  },
  {
    finds: "addresses that lie further apart than networks usually do",
    hosts: { ...withoutAddresses, [`${node}.networks_interfaces.box-network.ip`]: "192.168.3.51" },
    tells: [
      "fill networks.box-network: 192.168.0.0/22 is what the hosts' addresses let guess, so wide because of node-1 (192.168.3.51); without that it is 192.168.1.0/24: the inventory does not say which",
      "refused networks.box-network: 192.168.0.0/22 overlaps 192.168.0.0/24 of public-network: give each network addresses of its own",
      "refused networks.gateway-network: 192.168.2.0/24 overlaps 192.168.0.0/22 of box-network: give each network addresses of its own",
    ],
    writes: { "networks.box-network": "192.168.0.0/22" },
  },
  {
    finds: "an address outside of the network that a prefix states",
    hosts: {
      ...withoutAddresses,
      "all.hosts.node-2.networks_interfaces.box-network.ip": "192.168.1.52/24",
      [`${node}.networks_interfaces.box-network.ip`]: "192.168.3.51/24",
    },
    tells: [
      "refused hosts.node-1.addresses.box-network: 192.168.3.51 lies outside of box-network 192.168.1.0/24: write one of 192.168.1.1 to 192.168.1.254",
    ],
    writes: { "networks.box-network": "192.168.1.0/24" },
  },
  {
    finds: "two prefixes of one network",
    hosts: {
      [`${node}.networks_interfaces.box-network.ip`]: "192.168.1.51/26",
      "all.hosts.node-2.networks_interfaces.box-network.ip": "192.168.1.52/24",
      "all.hosts.search-1.networks_interfaces.box-network.ip": "192.168.1.41/24",
    },
    tells: [
      "changed hosts.yml: all.hosts.node-1.networks_interfaces.box-network.ip: /26 contradicts /24 of hosts.yml: all.hosts.search-1.networks_interfaces.box-network.ip: box-network is written with /24",
    ],
    writes: { "networks.box-network": "192.168.1.0/24" },
  },
  {
    finds: "masks instead of prefixes",
    hosts: {
      "all.hosts.webserver-1.networks_interfaces.public-network.ip": "192.168.0.30/255.255.255.192",
      "all.hosts.webserver-1.networks_interfaces.gateway-network.ip": "192.168.2.1/255.255.255.0",
    },
    tells: [],
    writes: {
      "networks.public-network": "192.168.0.0/26",
      "networks.gateway-network": "192.168.2.0/24",
      "hosts.webserver-1.addresses": { "public-network": "192.168.0.30", "gateway-network": "192.168.2.1" },
    },
  },
  ...["{{ prefix }}", "33", "-1", "24.5", "", "255.0.255.0", "255.255.256.0", "24/24"].map((prefix) => ({
    finds: `what is no prefix: ${JSON.stringify(prefix)}`,
    hosts: { [`${node}.networks_interfaces.box-network.ip`]: `192.168.1.51/${prefix}` },
    tells: [
      `changed hosts.yml: all.hosts.node-1.networks_interfaces.box-network.ip: ${JSON.stringify(prefix)} is neither a prefix from 0 to 32 nor a mask: left out; another host's counts for box-network, else /24`,
    ],
    writes: {
      "networks.box-network": "192.168.1.0/24",
      "hosts.node-1.addresses": { "box-network": "192.168.1.51" },
    },
  })),
  {
    finds: "what is no prefix beside one",
    hosts: {
      "all.hosts.webserver-1.networks_interfaces.public-network.ip": "192.168.0.30/{{ prefix }}",
      "all.hosts.webserver-2.networks_interfaces.public-network.ip": "192.168.0.32/26",
    },
    tells: [
      'changed hosts.yml: all.hosts.webserver-1.networks_interfaces.public-network.ip: "{{ prefix }}" is neither a prefix from 0 to 32 nor a mask: left out; another host\'s counts for public-network, else /24',
    ],
    writes: { "networks.public-network": "192.168.0.0/26" },
  },
  {
    finds: "an address that is none, which makes no network",
    hosts: { ...withoutAddresses, [`${node}.networks_interfaces.box-network.ip`]: "192.168.1.999" },
    tells: ['refused hosts.node-1.addresses.box-network: "192.168.1.999" is not an IPv4 address such as 192.168.2.11'],
    writes: { "networks.box-network": "192.168.1.0/24" },
  },
  {
    finds: "a port of SSH that is no number",
    hosts: { "all.vars": { ansible_port: "{{ ssh_port }}" } },
    tells: [
      'refused connection.port: "{{ ssh_port }}" is a Jinja expression, which nothing evaluates here: write the value itself',
    ],
    writes: { "connection.port": "{{ ssh_port }}", "hosts.node-1.connection": undefined },
  },
  {
    finds: "hosts without a user of SSH beside one that has it",
    hosts: { [`${node}.ansible_user`]: "ops" },
    tells: [
      'fill connection.user: "ops" is the ansible_user of other hosts; webserver-1, webserver-2, gateway-1 and 15 more have none and get it too',
    ],
    writes: { "connection.user": "ops", "hosts.node-1.connection": undefined },
  },
  {
    finds: "routes other than the default one",
    hosts: {
      [`${node}.networks_interfaces.box-network.gateways`]: [
        { to: "10.0.0.0/8", via: "192.168.1.1" },
        { to: "0.0.0.0/0", via: "192.168.1.254" },
      ],
    },
    tells: ["to", "via"].map(
      (key) =>
        `left hosts.yml: all.hosts.node-1.networks_interfaces.box-network.gateways[0].${key}: is left out: nothing in a stack file says this; see whether something else must do it`,
    ),
    writes: { "hosts.node-1.defaultGateway": "192.168.1.254" },
  },
  {
    finds: "a host whose name a stack file does not take",
    hosts: {
      "all.children.nodes_pool.hosts.node_3": { networks_interfaces: { "box-network": { ip: "192.168.1.53" } } },
    },
    tells: ["changed node_3: is no name of a stack file: the host is node-3 there"],
    writes: { "pools.nodes-pool": ["node-1", "node-2", "node-3"] },
  },
]);

describeImport("groups and files", [
  {
    finds: "a group of groups",
    hosts: { "all.children.cluster.children": { masters_pool: null, nodes_pool: null } },
    tells: [],
    writes: { "pools.cluster": ["master-1", "master-2", "master-3", "node-1", "node-2"] },
  },
  {
    finds: "groups at the top, without all, and variables of one host",
    more: [
      { path: "more.yml", text: "mail_pool: { hosts: { mail-1: } }" },
      { path: "host_vars/mail-1.yml", text: "networks_interfaces: { box-network: { ip: 192.168.1.61 } }" },
    ],
    tells: [],
    writes: { "pools.mail-pool": ["mail-1"], "hosts.mail-1": { addresses: { "box-network": "192.168.1.61" } } },
  },
  {
    finds: "a range of hosts that is too large for any box",
    hosts: { "all.children.nodes_pool.hosts.node-[1:4000000000]": null },
    tells: [
      'refused hosts["node-[1:4000000000]"].addresses: {} is empty: a host has an address on at least one network',
      'refused hosts["node-[1:4000000000]"]: "node-[1:4000000000]" is not a name: write lower-case letters, digits and "-", a letter first, no "-" at the end, at most 63 in all',
    ],
  },
  {
    finds: "a file of a group that there is not",
    more: [{ path: "group_vars/kube_gatway_pool.yml", text: "rack: 7" }],
    tells: [
      'changed group_vars/kube_gatway_pool.yml: unknown group "kube_gatway_pool" (did you mean "kube_gateway_pool"?): name the file after one of the inventory',
      "left group_vars/kube_gatway_pool.yml: is left out: nothing in a stack file says this; see whether something else must do it",
    ],
  },
  {
    finds: "what a stack file has no word for; any value of it may be a secret",
    hosts: { [`${node}.rack`]: 7, "all.vars": { ...secrets, grafana: { port: 3000 } } },
    tells: [`${node}.rack`, ...Object.keys(secrets).map((key) => `all.vars.${key}`), "all.vars.grafana"].map(
      (path) =>
        `left hosts.yml: ${path}: is left out: nothing in a stack file says this; see whether something else must do it`,
    ),
  },
  {
    finds: "several files of nobody's: each is reported",
    more: ["nodes", "search"].map((name) => ({ path: `group_vars/${name}_pol.yml`, text: "rack: 7" })),
    tells: [
      ...["nodes", "search"].map(
        (name) =>
          `changed group_vars/${name}_pol.yml: unknown group "${name}_pol" (did you mean "${name}_pool"?): name the file after one of the inventory`,
      ),
      ...["nodes", "search"].map(
        (name) =>
          `left group_vars/${name}_pol.yml: is left out: nothing in a stack file says this; see whether something else must do it`,
      ),
    ],
  },
]);
