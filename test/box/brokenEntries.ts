import { hashicorp } from "./aptKeys.ts";
import type { Changes } from "./edit.ts";
import { brokenClusterSide } from "./brokenClusterSide.ts";
import { brokenMonitoring } from "./brokenMonitoring.ts";
import { brokenRoutes } from "./brokenRoutes.ts";
import { hostKeyFor } from "./hostKey.ts";

/** One way to break a rule that goes beyond a single value. */
export interface RuleBreak {
  readonly breaks: string;
  /** By paths below the entry. */
  readonly changes: Changes;
  /** How what is reported begins. */
  readonly says: string;
  /** Fields of the entry that the rule looks at: it can say nothing when one of them cannot be read. */
  readonly uses: readonly string[];
}

/** An entry of a section of the Protobox, and ways to break rules of it. */
export interface BrokenEntry {
  readonly entry: string;
  /** Where the JSON schema has the entry's keys, below its section. */
  readonly schema: string;
  readonly isList?: boolean;
  /** What the entry needs beside what the Protobox has. */
  readonly changes?: Changes;
  readonly rules: readonly RuleBreak[];
}

/** At least one entry of every section. */
export const brokenEntries: readonly BrokenEntry[] = [
  ...brokenRoutes,
  ...brokenClusterSide,
  ...brokenMonitoring,
  {
    entry: "networks.more",
    schema: "networks.additionalProperties.anyOf.1.properties",
    changes: { "networks.more": { cidr: "10.0.0.0/24", ipv6: "fd00:0:0:b::/64" } },
    rules: [
      {
        breaks: "an address inside of a network",
        changes: { cidr: "10.0.0.7/24" },
        says: "networks.more: 10.0.0.7/24 is an address inside of a network",
        uses: ["cidr"],
      },
      {
        breaks: "a prefix of no network",
        changes: { ipv6: "fe80::/64" },
        says: "networks.more.ipv6: fe80::/64 holds no addresses",
        uses: ["ipv6"],
      },
    ],
  },
  {
    entry: "firewall.openPorts.0",
    schema: "firewall.properties.openPorts.items.properties",
    isList: true,
    changes: { "firewall.openPorts": [{ pool: "supervisors-pool", network: "box-network", port: 9090 }] },
    rules: [
      {
        breaks: "SSH's port",
        changes: { port: 22 },
        says: "firewall.openPorts[0].port: 22 is SSH's port on supervisor-1",
        uses: ["pool", "port", "protocol"],
      },
      {
        breaks: "an unknown network",
        changes: { network: "box-netwrok" },
        says: 'firewall.openPorts[0].network: unknown network "box-netwrok"',
        uses: ["network"],
      },
    ],
  },
  {
    entry: "consul",
    schema: "consul.properties",
    changes: {
      "aptRepositories.hashicorp": hashicorp,
      consul: { repository: "hashicorp", network: "box-network", servers: { hosts: ["gateway-4", "gateway-5", "supervisor-1"] } }, // prettier-ignore
    },
    rules: [
      {
        breaks: "an unknown repository",
        changes: { repository: "hashicrop" },
        says: 'consul.repository: unknown apt repository "hashicrop"',
        uses: ["repository"],
      },
      {
        breaks: "a server that is not on its network",
        changes: { network: "gateway-network" },
        says: "consul.servers: supervisor-1 is not on gateway-network",
        uses: ["network", "servers"],
      },
    ],
  },
  {
    entry: "connection",
    schema: "connection",
    rules: [
      {
        breaks: "an unknown network",
        changes: { network: "box-netwrok" },
        says: 'connection.network: unknown network "box-netwrok"',
        uses: ["network"],
      },
      {
        breaks: "an unknown bastion",
        changes: { bastion: "supervisr-1" },
        says: 'connection.bastion: unknown host "supervisr-1"',
        uses: ["bastion"],
      },
    ],
  },
  {
    entry: "hosts.gateway-4",
    schema: "hosts.additionalProperties.properties",
    changes: { "hosts.gateway-4.hostKey": hostKeyFor("gateway-4"), "hosts.gateway-4.connection": { port: 22 } },
    rules: [
      {
        breaks: "an address outside of its network",
        changes: { "addresses.box-network": "192.168.2.99" },
        says: "hosts.gateway-4.addresses.box-network: 192.168.2.99 lies outside of box-network",
        uses: ["addresses.box-network"],
      },
      {
        breaks: "an interface on a network that it is not on",
        changes: { "interfaces.public-network": "ens19" },
        says: 'hosts.gateway-4.interfaces.public-network: "ens19": gateway-4 has no address',
        uses: ["interfaces", "addresses"],
      },
      {
        breaks: "another host's hardware address",
        changes: {
          "macAddresses.box-network": "02:67:c0:a8:01:0f",
          "macAddresses.gateway-network": "02:67:c0:a8:02:0e",
        },
        says: 'hosts.gateway-5.macAddresses.box-network: "02:67:c0:a8:01:0f" is that of hosts.gateway-4',
        uses: ["macAddresses.box-network"],
      },
      {
        breaks: "a default gateway elsewhere",
        changes: { defaultGateway: "10.9.9.9" },
        says: "hosts.gateway-4.defaultGateway: 10.9.9.9 lies outside of the networks of gateway-4",
        uses: ["defaultGateway", "addresses"],
      },
      {
        breaks: "an unknown bastion",
        changes: { "connection.bastion": "supervisr-1" },
        says: 'hosts.gateway-4.connection.bastion: unknown host "supervisr-1"',
        uses: ["connection.bastion"],
      },
      {
        breaks: "an IPv6 address without a prefix",
        changes: { "addresses6.box-network": "fd00::14" },
        says: "hosts.gateway-4.addresses6.box-network: fd00::14: box-network has no IPv6 prefix",
        uses: ["addresses6", "addresses"],
      },
    ],
  },
  {
    entry: "pools.masters-pool",
    schema: "pools.none",
    isList: true,
    rules: [
      {
        breaks: "an unknown host",
        changes: { 1: "mastr-2" },
        says: 'pools.masters-pool[1]: unknown host "mastr-2"',
        uses: ["1"],
      },
      {
        breaks: "a host twice",
        changes: { 2: "master-1" },
        says: 'pools.masters-pool[2]: "master-1" is in masters-pool already',
        uses: ["0", "2"],
      },
    ],
  },
  {
    entry: "apps.dash",
    schema: "apps.additionalProperties.properties",
    rules: [
      {
        breaks: "another app's port",
        changes: { port: 30160 },
        says: 'apps.dash.port: 30160 is the port of app "argocd" already',
        uses: ["port"],
      },
      {
        breaks: "a port that is no NodePort",
        changes: { port: 29999 },
        says: "apps.dash.port: 29999 is outside of the NodePorts",
        uses: ["port"],
      },
    ],
  },
  {
    entry: "services.dash",
    schema: "services.additionalProperties.properties",
    rules: [
      {
        breaks: "an unknown app",
        changes: { app: "dahs" },
        says: 'services.dash.app: unknown app "dahs"',
        uses: ["app"],
      },
      {
        breaks: "a location that is taken",
        changes: { "web.location": "/kibana/" },
        says: "services.dash.web.location: /kibana/ is declared by webservers.routes.kibana already",
        uses: ["web.location"],
      },
      {
        breaks: "an option that mode tcp does not have",
        changes: { mode: "tcp" },
        says: 'services.dash.options[0]: "httplog" works in mode http only',
        uses: ["mode", "options"],
      },
    ],
  },
  {
    entry: "virtualIps.edge",
    schema: "virtualIps.additionalProperties.properties",
    rules: [
      {
        breaks: "an address outside of its network",
        changes: { address: "192.168.2.33" },
        says: "virtualIps.edge.address: 192.168.2.33 lies outside of public-network",
        uses: ["address", "network"],
      },
      {
        breaks: "an identifier that is taken",
        changes: { virtualRouterId: 7 },
        says: "virtualIps.egressOut.virtualRouterId: 7 is the number of virtualIps.edge on public-network already",
        uses: ["virtualRouterId", "address", "network"],
      },
      {
        breaks: "equal priorities",
        changes: { priorities: { "webserver-1": 7, "webserver-2": 7 } },
        says: "virtualIps.edge.priorities.webserver-2: 7 is the priority of webserver-1 already",
        uses: ["priorities"],
      },
      {
        breaks: "a stranger's priority",
        changes: { "priorities.node-1": 9 },
        says: 'virtualIps.edge.priorities.node-1: "node-1" is not in webservers-pool',
        uses: ["priorities.node-1", "pool"],
      },
      {
        breaks: "an unknown group",
        changes: { syncGroup: "egres" },
        says: 'virtualIps.edge.syncGroup: unknown VIP "egres"',
        uses: ["syncGroup"],
      },
    ],
  },
  {
    entry: "natGateways.0",
    schema: "natGateways.items.properties",
    rules: [
      {
        breaks: "one network on both sides",
        changes: { output: "box-network" },
        says: 'natGateways[0].output: "box-network" is the input too',
        uses: ["input", "output"],
      },
      {
        breaks: "an unknown VIP",
        changes: { snatAddress: "natOtu" },
        says: 'natGateways[0].snatAddress: unknown VIP "natOtu"',
        uses: ["snatAddress"],
      },
      {
        breaks: "SSH's port",
        changes: { openPorts: [{ network: "gateway-network", port: 22 }] },
        says: "natGateways[0].openPorts[0].port: 22 is SSH's port on gateway-4",
        uses: ["openPorts", "pool"],
      },
      {
        breaks: "another one's name",
        changes: { name: "edge" },
        says: 'natGateways[1].name: "edge" is the name of natGateways[0] already',
        uses: ["name"],
      },
    ],
  },
  {
    entry: "hostNetworks",
    schema: "hostNetworks",
    rules: [
      {
        breaks: "an unknown pool",
        changes: { pools: ["nat-gatway-pool"] },
        says: 'hostNetworks.pools[0]: unknown pool "nat-gatway-pool"',
        uses: ["pools"],
      },
      {
        breaks: "hardware addresses that are not known",
        changes: { pools: ["nodes-pool"] },
        says: "hosts.node-1.macAddresses.box-network: is missing, and hostNetworks finds",
        uses: ["pools"],
      },
    ],
  },
];
