import assert from "node:assert/strict";
import { parseProtobox } from "../parsing.ts";
import { describeViolations } from "../violations.ts";

const prometheus = { pool: "supervisors-pool", network: "box-network", port: 9090 };
const route = { port: 9090, destination: { group: { name: "supervisors-pool" } } };

describeViolations("open ports of the firewall", [
  {
    breaks: "a gateway route to a port that is closed on hosts that the stack configures",
    changes: { "kubeGateways.routes.prometheus": route },
    says: [
      "kubeGateways.routes.prometheus.port: port 9090 is closed on supervisors-pool: add { pool: supervisors-pool, network: box-network, port: 9090 } to firewall.openPorts",
    ],
  },
  {
    breaks: "a port of hosts that the stack does not configure",
    changes: { "firewall.openPorts": [{ ...prometheus, pool: "databases-pool" }] },
    says: [
      "firewall.openPorts[0].pool: the stack configures nothing on database-1 of databases-pool, so nothing is closed there: remove it",
    ],
  },
  {
    breaks: "one port twice, and a network that the pool is not on",
    changes: { "firewall.openPorts": [prometheus, prometheus, { ...prometheus, network: "public-network" }] },
    says: [
      'firewall.openPorts[2].network: "public-network": no host of supervisors-pool is on it (known: box-network)',
      "firewall.openPorts[1]: tcp port 9090 of supervisors-pool on box-network is open already: keep one",
    ],
  },
  {
    breaks: "a port of the gateways that their border keeps closed",
    changes: { "firewall.openPorts": [{ pool: "kube-gateway-pool", network: "gateway-network", port: 9090 }] },
    says: [
      "firewall.openPorts[0].network: the border of gateway-1 lets only routes in from gateway-network: write a route of kubeGateways",
    ],
  },
  {
    breaks: "SSH's port, which is the operator's",
    changes: { "firewall.openPorts": [{ ...prometheus, port: 22 }] },
    says: [
      "firewall.openPorts[0].port: 22 is SSH's port on supervisor-1, which is open on box-network, where the operator comes in, and nowhere else: remove it",
    ],
  },
  {
    breaks: "an unknown pool and network, a port that is none",
    changes: { "firewall.openPorts": [{ pool: "supervisor-pool", network: "box-net", port: 0 }] },
    says: [
      "firewall.openPorts[0].port: 0 is not a port: write a whole number from 1 to 65535",
      'firewall.openPorts[0].pool: unknown pool "supervisor-pool" (did you mean "supervisors-pool"?)',
      'firewall.openPorts[0].network: unknown network "box-net" (known: public-network, box-network, gateway-network)',
    ],
  },
]);

describe("a port that the firewall opens", () => {
  it("may be led to", () => {
    const box = parseProtobox({ "firewall.openPorts": [prometheus], "kubeGateways.routes.prometheus": route });
    assert.deepEqual(box.firewall.openPorts, [{ ...prometheus, protocol: "tcp" }]);
  });
});
