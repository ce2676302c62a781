import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { waitForSsh } from "../../lab/hosts/boot.ts";
import { leaderOf, startHost, stopHost } from "../../lab/hosts/machine.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { stateOf, type HostState } from "./hostState.ts";
import { holds, sourceSeenOutside, withOutside } from "./outside.ts";
import { statusOfRegistry } from "./registryBox.ts";
import { serves, startKibana, stopKibana } from "./serving.ts";
import { SERVING, world } from "./world.ts";

/** Every host that the stack configures, once: of each pool some stay up meanwhile. */
const ROUNDS = [
  ["gateway-1", "gateway-4", "webserver-1"],
  ["gateway-2", "gateway-3", "gateway-5", "webserver-2", "supervisor-1"],
] as const;

/** Hosts that forward packets. */
const FORWARDING = ["gateway-4", "gateway-5", "webserver-1", "webserver-2"] as const;

/** Seconds until a host that can be logged in to has all its routes: those to the pods of others are a service's. */
const SETTLE_SECONDS = 30;

/** Seconds until volumes are mounted once enough of their servers run, and what lies on them answers. */
const VOLUME_SECONDS = 60;

/** A host's state, as soon as it is the one wanted; the last one seen, if that takes too long. */
async function settledState(host: string, wanted: HostState | undefined): Promise<HostState> {
  const { lab } = await world();
  const deadline = Date.now() + SETTLE_SECONDS * 1000;
  for (;;) {
    const state = await stateOf(lab, host);
    if (JSON.stringify(state) === JSON.stringify(wanted) || Date.now() > deadline) return state;
    await sleep(1000);
  }
}

for (const hosts of ROUNDS) {
  describe(`after a reboot of ${hosts.join(", ")}`, () => {
    const previous = new Map<string, HostState>();

    withOutside();
    before(async () => {
      const { lab } = await world();
      for (const host of hosts) previous.set(host, await stateOf(lab, host));
      const leaders = await Promise.all(hosts.map((host) => leaderOf(lab, host)));
      await Promise.all(hosts.map((host) => stopHost(lab, hostNamed(host))));
      await Promise.all(hosts.map((host) => startHost(lab, hostNamed(host))));
      await Promise.all(hosts.map((host) => waitForSsh(lab, hostNamed(host))));
      await startKibana(lab);
      for (const [index, host] of hosts.entries()) assert.notEqual(await leaderOf(lab, host), leaders[index], host);
    });
    after(async () => stopKibana((await world()).lab));

    for (const host of hosts) {
      it(`${host} has its rules, settings, addresses and routes back`, async () => {
        const wanted = previous.get(host);
        if (FORWARDING.some((one) => one === host)) assert.match(wanted?.settings ?? "", /ip_forward = 1/);
        // The supervisor forwards nothing: of Gatebox it has its network alone.
        if (host !== "supervisor-1") assert.match(wanted?.rules ?? "", /^table inet gatebox_/);
        assert.deepEqual(await settledState(host, wanted), wanted);
      });
    }

    it("the services answer and egress works, each on the host that should have it", async () => {
      const { lab } = await world();
      await holds(lab, "192.168.0.33", "webserver-1", ["webserver-2"]);
      await holds(lab, "192.168.2.254", "webserver-2", ["webserver-1"]);
      await holds(lab, "192.168.1.254", "gateway-4", ["gateway-5"]);
      for (const host of SERVING) if (hosts.some((one) => one === host)) await serves(lab, host);
      assert.equal(await sourceSeenOutside(lab, "supervisor-1"), "192.168.0.34");
    });

    it("the registry answers, whose images lie on a volume of hosts that were off", async () => {
      const { lab } = await world();
      const deadline = Date.now() + VOLUME_SECONDS * 1000;
      for (;;) {
        const status = await statusOfRegistry(lab, "client");
        if (status === 401) return;
        assert.ok(Date.now() < deadline, `${status}, and not 401, after ${VOLUME_SECONDS} s`);
        await sleep(1000);
      }
    });
  });
}
