import assert from "node:assert/strict";
import { portConflicts } from "../../render/portConflicts.ts";
import { registry } from "../../render/registry.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { parseProtobox } from "../box/parsing.ts";

const conflicts = (changes: Parameters<typeof parseProtobox>[0]): string[] =>
  portConflicts(registry, parseProtobox(changes)).map(({ path, message }) => `${path}: ${message}`);

describe("ports of two programs on one host", () => {
  it("are none in the Protobox", () => assert.deepEqual(conflicts({}), []));

  it("are reported for both, with whose the port is", () =>
    assert.deepEqual(conflicts({ "monitoring.nodeExporter": { port: 8405 } }), [
      "kubeGateways.metricsPort: port 8405 of gateway-1 on box-network is already that of the node exporter (monitoring.nodeExporter.port): choose another port",
      "monitoring.nodeExporter.port: port 8405 of gateway-1 on box-network is already that of HAProxy's metrics (kubeGateways.metricsPort): choose another port",
    ]));

  it("are found where sshd listens on a port of its own, and in the range of NodePorts", () => {
    assert.deepEqual(
      conflicts({ "hosts.gateway-2.connection": { port: 9100 }, "hosts.gateway-2.hostKey": hostKeyFor("gateway-2") }),
      [
        "monitoring.nodeExporter.port: port 9100 of gateway-2 on box-network is already that of sshd: choose another port",
      ],
    );
    assert.deepEqual(conflicts({ "kubeGateways.metricsPort": 30500 }), [
      "kubeGateways.metricsPort: port 30500 of gateway-1 on box-network is already that of NodePorts: choose another port",
    ]);
  });

  it("are none where a port is opened to more than its program's users, or is another network's", () => {
    const openPorts = [{ pool: "kube-gateway-pool", network: "box-network", port: 9100 }];
    assert.deepEqual(conflicts({ "firewall.openPorts": openPorts }), []);
    assert.deepEqual(conflicts({ "monitoring.nodeExporter": { port: 80 } }), []);
  });
});
