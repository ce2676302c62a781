import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { foreignRules, ownRules } from "./hostState.ts";
import { edited, restore, up, withoutCluster, world } from "./world.ts";

/** Gateways that are nodes of the cluster, a node that is no gateway, and hosts without a cluster. */
const HOSTS = ["gateway-1", "gateway-2", "node-1", "gateway-4", "webserver-2"] as const;

/** Those whose own rules the change is about: their border, their NAT gateway. */
const CHANGED = ["gateway-1", "gateway-2", "gateway-4"] as const;

async function rules(of: typeof foreignRules, hosts: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const { lab } = await world();
  return Object.fromEntries(await Promise.all(hosts.map(async (host) => [host, await of(lab, host)] as const)));
}

(withoutCluster ? describe.skip : describe)("rules of other software, kube-proxy's first of all", () => {
  let previous: Readonly<Record<string, string>>;

  // A suite before this one may have set kube-proxy to other addresses: it writes its rules when it comes to it.
  before(async () => {
    const deadline = Date.now() + 120_000;
    for (let last = ""; ;) {
      previous = await rules(foreignRules, HOSTS);
      const read = JSON.stringify(previous);
      if (read === last) return;
      if (Date.now() > deadline) throw new Error("kube-proxy's rules do not settle");
      last = read;
      await sleep(10_000);
    }
  });

  it("are there on every node: those of kube-proxy, of each service", () => {
    for (const host of ["gateway-1", "gateway-2", "node-1"])
      assert.match(previous[host] ?? "", /^-A KUBE-NODEPORTS .* --dport 30160 /m, host);
    for (const host of ["gateway-1", "gateway-2"])
      assert.match(previous[host] ?? "", /^"family": "ip", "name": "nat", "handle": \d+$/m, host);
  });

  it("are the same, byte for byte, when the border and the NAT gateways change", async () => {
    const { stack } = await world();
    const own = await rules(ownRules, CHANGED);
    await stack.configure(
      await edited((config) => {
        const route = { port: 30901, destination: { group: { name: "kube-gateway-pool" } } };
        config.setIn(["config", "gatebox:kubeGateways", "routes", "further"], config.createNode(route));
        const openPorts = [{ network: "gateway-network", port: 9090 }];
        config.setIn(["config", "gatebox:natGateways", 0, "openPorts"], config.createNode(openPorts));
      }),
    );
    await up(stack);
    const now = await rules(ownRules, CHANGED);
    for (const host of CHANGED) assert.notEqual(now[host], own[host], `${host}: its own rules did not change`);
    assert.deepEqual(await rules(foreignRules, HOSTS), previous);
  });

  it("are the same, byte for byte, when both go back", async () => {
    await restore(await world());
    assert.deepEqual(await rules(foreignRules, HOSTS), previous);
  });
});
