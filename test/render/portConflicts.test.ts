import assert from "node:assert/strict";
import { portConflicts } from "../../render/portConflicts.ts";
import { registry } from "../../render/registry.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { controlPlaneChanges } from "../box/controlPlane.ts";
import { sharedVolumes } from "../box/sharedVolumes.ts";
import { parseProtobox } from "../box/parsing.ts";
import { sampleRegistry } from "./sampleRegistry.ts";

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

  it("are found on whichever network, where one of them listens on all addresses or for its host alone", () => {
    const found = (port: number, pool: string, others: Parameters<typeof parseProtobox>[0] = {}): string[] =>
      conflicts({
        "pools.registry-pool": [pool],
        "webservers.serverNames": ["protobox.test", "registry.protobox"],
        registry: { ...sampleRegistry, pool: "registry-pool", port },
        ...others,
      });
    const master = { ...controlPlaneChanges(), "hosts.master-1.addresses.gateway-network": "192.168.2.21" };
    assert.deepEqual(found(5000, "gateway-4"), []);
    assert.deepEqual(found(5000, "master-1", master), []);
    assert.deepEqual(found(80, "webserver-1"), [
      "registry.port: port 80 of webserver-1 on gateway-network is already that of the web servers: choose another port",
    ]);
    assert.deepEqual(found(21, "gateway-4"), [
      "registry.port: port 22 of gateway-4 on 127.0.0.1 is already that of sshd: choose another port",
    ]);
    assert.deepEqual(found(6443, "master-1", master), [
      "controlPlane.apiPort: port 6443 of master-1 on all addresses is already that of the registry (registry.port): choose another port",
      "registry.port: port 6443 of master-1 on gateway-network is already that of the API server (controlPlane.apiPort): choose another port",
    ]);
    for (const port of [2378, 10247, 10249, 10256])
      assert.equal(found(port, "master-1", master).length, 1, String(port));
    // GlusterFS' are open on the gateways' network alone, and HAProxy's metrics are on the other.
    for (const port of [24_006, 24_007, 49_152, 49_215])
      assert.match(conflicts({ sharedVolumes, "kubeGateways.metricsPort": port }).join("\n"), /^kubeGateways\.metricsPort: port \d+ of gateway-1 on box-network is already that of GlusterFS' \w+: choose another port$/); // prettier-ignore
  });

  it("are none where a port is opened to more than its program's users, or is another host's", () => {
    const openPorts = [{ pool: "kube-gateway-pool", network: "box-network", port: 9100 }];
    assert.deepEqual(conflicts({ "firewall.openPorts": openPorts }), []);
    assert.deepEqual(conflicts({ "monitoring.nodeExporter": { port: 5001 } }), []);
  });
});
