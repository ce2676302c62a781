import { describeImport } from "./reported.ts";

const nat = "all.children.nat_gateway_pool";
const state = (host: string) => `changed hosts.yml: ${nat}.hosts.${host}.box-network.state: `;

describeImport("virtual IPs and NAT gateways", [
  {
    finds: "two MASTERs",
    hosts: { [`${nat}.hosts.gateway-5.box-network.state`]: "MASTER" },
    tells: ["gateway-4", "gateway-5"].map(
      (host) =>
        `${state(host)}"MASTER" of ${host}: gateway-4 and gateway-5 cannot both be it; the highest priority is that of gateway-4, who has the address`,
    ),
    writes: { "virtualIps.nat-gateway-box.priorities": { "gateway-4": 200, "gateway-5": 100 } },
  },
  {
    finds: "a MASTER without the highest priority",
    hosts: {
      [`${nat}.hosts.gateway-4.box-network.state`]: "BACKUP",
      [`${nat}.hosts.gateway-5.box-network.state`]: "MASTER",
    },
    tells: [
      `${state("gateway-5")}"MASTER" of gateway-5 contradicts the priorities: the highest priority is that of gateway-4, who has the address; give gateway-5 the highest if it is to`,
    ],
    writes: { "virtualIps.nat-gateway-box.priorities": { "gateway-4": 200, "gateway-5": 100 } },
  },
  {
    finds: "a state that keepalived does not have",
    hosts: { [`${nat}.hosts.gateway-5.box-network.state`]: "SLAVE" },
    tells: [`${state("gateway-5")}"SLAVE" of gateway-5 is neither MASTER nor BACKUP: left out, priorities decide`],
  },
  {
    finds: "states without priorities: the MASTER comes first",
    hosts: {
      [`${nat}.vars.vips.gateway-network`]: undefined,
      [`${nat}.hosts.gateway-4`]: { "box-network": { state: "BACKUP" } },
      [`${nat}.hosts.gateway-5`]: { "box-network": { state: "MASTER" } },
    },
    tells: [
      'fill natGateways[0].snatAddress: the address on gateway-network that connections leave with: declare a free one under virtualIps with "syncGroup: nat-gateway-box" and write its name',
    ],
    writes: { "virtualIps.nat-gateway-box.priorities": { "gateway-5": 200, "gateway-4": 190 } },
  },
  {
    finds: "equal priorities",
    hosts: { [`${nat}.hosts.gateway-5.box-network.priority`]: 200 },
    tells: [
      "refused virtualIps.nat-gateway-box.priorities.gateway-5: 200 is the priority of gateway-4 already: 190 is free",
    ],
  },
  {
    finds: "an address of hosts that the stack does not configure",
    hosts: { "all.children.masters_pool.vars.vips.box-network": { virtual_router_id: 3, vip: "192.168.1.10" } },
    tells: [
      'changed hosts.yml: all.children.masters_pool.vars.vips.box-network: "192.168.1.10" moves between the hosts of masters-pool, which this stack does not configure: left to whoever does; else write it under virtualIps',
    ],
    writes: { "virtualIps.masters-box": undefined },
  },
  {
    finds: "no address to leave with",
    hosts: {
      [`${nat}.vars.vips.gateway-network`]: undefined,
      [`${nat}.hosts.gateway-4.gateway-network`]: undefined,
      [`${nat}.hosts.gateway-5.gateway-network`]: undefined,
    },
    tells: [
      'fill natGateways[0].snatAddress: the address on gateway-network that connections leave with: declare a free one under virtualIps with "syncGroup: nat-gateway-box" and write its name',
    ],
    writes: { "natGateways.0.snatAddress": "TO-FILL-IN" },
  },
  {
    finds: "an address to leave with that may be on another host",
    hosts: {
      [`${nat}.hosts.gateway-4.gateway-network`]: { priority: 100 },
      [`${nat}.hosts.gateway-5.gateway-network`]: { priority: 200 },
    },
    tells: [
      'fill natGateways[0].snatAddress: the address on gateway-network that connections leave with: declare a free one under virtualIps with "syncGroup: nat-gateway-box" and write its name',
    ],
    writes: { "natGateways.0.snatAddress": "TO-FILL-IN", "virtualIps.nat-gateway-gateway.syncGroup": undefined },
  },
  {
    finds: "a NAT gateway without a network to lead out of",
    hosts: { [`${nat}.vars.input_interface`]: undefined },
    tells: ["fill natGateways[0].input: the network on the input side of nat-gateway-pool"],
    writes: { "natGateways.0.input": "TO-FILL-IN" },
  },
]);
