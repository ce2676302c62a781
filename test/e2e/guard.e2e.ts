import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { oneHost } from "./oneHost.ts";
import { inForce, servesWhile, startKibana, stopKibana } from "./serving.ts";
import { canLogIn, edited, failingUp, onHost, restore, up, world } from "./world.ts";

/** A unit of the gateway's assembly whose rule locks the operator out: SSH from the box network, whatever else is allowed. */
const lockOut = {
  assembly: "gateway",
  unit: "tests.lock-out",
  files: [
    {
      path: "border/ports/locked-out.nft",
      text: 'insert rule inet gatebox_border before_tracking iifname "box-network" tcp dport ssh counter drop\n',
    },
  ],
};

/** The gateway whose guard is left to itself, and a stack of its own: nothing else of these tests comes to that gateway. */
const alone = { host: "gateway-2", stack: "tests-alone" } as const;

/** Closes SSH of a gateway, kills whoever would put it back, and waits until its guard has. */
async function leftToItsGuard(): Promise<void> {
  const box = await world();
  const { host } = alone;
  const { lab } = box;
  const before = await inForce(lab, host);
  const stack = await oneHost(box, { host, unit: lockOut }, alone.stack);
  await servesWhile(lab, host, async () => {
    const failing = failingUp(stack);
    // The transaction tries the operator's connection for five seconds once the border has closed it; it is killed meanwhile.
    const closed = "nft list chain inet gatebox_border before_tracking | grep -q 'tcp dport 22 counter .*drop$'";
    await onHost(lab, host, `until ${closed}; do sleep 0.1; done`, 120);
    await onHost(lab, host, "pkill -KILL -f '^sh /usr/local/lib/gatebox/unit.sh apply'");
    assert.equal(await canLogIn(lab, host), false, "the border does not close SSH, so nothing is proved");
    // The guard's minute began before the border was switched; an attempt to log in takes five seconds of it.
    const deadline = Date.now() + 90_000;
    while (Date.now() < deadline && !(await canLogIn(lab, host))) await sleep(1000);
    assert.equal(await canLogIn(lab, host), true);
    const printed = await failing;
    assert.match(printed, /\(gateway-2-wanted-gateway-tests\.lock-out\):\n/);
  });
  // The guard itself ends a moment after it has put the border back.
  const guards = "systemctl list-units --all --no-legend 'gatebox-guard-*' | grep .";
  await onHost(lab, host, `for i in $(seq 60); do ${guards} || exit 0; sleep 0.5; done; exit 1`, 40);
  assert.equal(await inForce(lab, host), before);
}

describe("a wrong border does not lock the operator out", () => {
  before(async () => startKibana((await world()).lab));
  after(async () => {
    const box = await world();
    await up(await oneHost(box, { host: "gateway-1" }));
    const stack = await oneHost(box, { host: alone.host }, alone.stack);
    await up(stack);
    await stack.pulumi(["stack", "rm", "--yes", "--force"]);
    await stopKibana(box.lab);
    await restore(box);
  });

  it("interfaces that are swapped in the stack file lock the operator out for seconds, and nothing else changes", async () => {
    const { lab, stack } = await world();
    const before = await inForce(lab, "gateway-1");
    await stack.configure(
      await edited((config) => {
        const swapped = { "gateway-network": "box-network", "box-network": "gateway-network" };
        config.setIn(["config", "gatebox:hosts", "gateway-1", "interfaces"], config.createNode(swapped));
        // Written by Gatebox, the network would get these very names.
        config.deleteIn(["config", "gatebox:hostNetworks"]);
      }),
    );
    const printed = await servesWhile(lab, "gateway-1", () => failingUp(stack));
    assert.match(
      printed,
      /gatebox: gateway-1: firewall\/protobox\.pool: the operator's own SSH connection stopped answering; the configuration that was live before serves again/,
    );
    assert.equal(await canLogIn(lab, "gateway-1"), true);
    assert.equal(await inForce(lab, "gateway-1"), before);
    await restore(await world());
  });

  describe("while another gateway is left to its guard", () => {
    // The minute of that guard passes beside the other test, which is about another gateway and takes nobody's backend away.
    let guarded: Promise<void> | undefined;
    before(() => {
      guarded = leftToItsGuard();
      guarded.catch(() => undefined);
    });

    it("a border that closes SSH puts itself back, and `up` fails with the host's name", async () => {
      const { lab } = await world();
      const before = await inForce(lab, "gateway-1");
      const stack = await oneHost(await world(), { host: "gateway-1", unit: lockOut });
      const printed = await servesWhile(lab, "gateway-1", () => failingUp(stack));
      assert.match(
        printed,
        /gatebox: gateway-1: gateway\/tests\.lock-out: the operator's own SSH connection stopped answering; the configuration that was live before serves again/,
      );
      assert.equal(await inForce(lab, "gateway-1"), before);
      assert.equal(await canLogIn(lab, "gateway-1"), true);
    });

    it("a border that closes SSH puts itself back a minute later even if nobody on the host is left to do so", async () => {
      const begun = guarded ?? leftToItsGuard();
      // A second try begins anew.
      guarded = undefined;
      await begun;
    });
  });
});
