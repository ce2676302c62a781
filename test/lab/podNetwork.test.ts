import assert from "node:assert/strict";
import { podNetwork } from "../../lab/cluster/podNetwork.ts";
import { hostNamed } from "../../lab/inventory.ts";

/** A host's file, by its path. */
function fileOf(host: string, path: string): string {
  const found = podNetwork(hostNamed(host)).files.find((file) => file.path === path);
  assert.ok(found, `${host} has no ${path}`);
  return found.content;
}

describe("the service of the pods' network", () => {
  const unit = "/etc/systemd/system/lab-pod-network.service";

  it("runs a script that comes with it, on a list of routes that does too", () => {
    const command = /^ExecStart=\/bin\/sh (\S+) (\S+) (\S+)$/m.exec(fileOf("node-1", unit));
    assert.ok(command);
    const [, script = "", network, routes = ""] = command;
    assert.equal(network, "box-network");
    assert.match(fileOf("node-1", script), /^#!\/bin\/sh\n/);
    assert.match(fileOf("node-1", routes), /^10\.233\.64\.0\/24 192\.168\.1\.11\n/);
  });

  it("has a route to the pods of every other node, and none to its host's own", () => {
    const path = "/etc/lab-pod-network/routes";
    const all = [
      "10.233.64.0/24 192.168.1.11",
      "10.233.65.0/24 192.168.1.12",
      "10.233.66.0/24 192.168.1.13",
      "10.233.67.0/24 192.168.1.51",
      "10.233.68.0/24 192.168.1.52",
    ];
    const without = (own?: string): string => all.flatMap((line) => (line === own ? [] : [`${line}\n`])).join("");
    assert.equal(fileOf("gateway-2", path), without(all[1]));
    assert.equal(fileOf("node-2", path), without(all[4]));
    assert.equal(fileOf("master-1", path), without());
  });
});
