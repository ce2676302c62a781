import assert from "node:assert/strict";
import { exec } from "../../lab/hosts/exec.ts";
import { stackTools } from "../../lab/tools.ts";
import { firing, secondsUntil, SERVERS, startReceiver, type Receiver, type Server } from "../e2e/prometheus.ts";
import { world } from "../e2e/world.ts";
import { deadServer, faultsAtOnce, splitAddress, type AlertFault } from "./alertFaults.ts";
import { bootsDone } from "./breaking.ts";

/** Seconds until an alert is over after its fault is. */
const CLEARS = 60;

/** Seconds from then to the message of it: the interval of a group, and what the second Alertmanager would wait. */
const TOLD_AFTER = 75;

/** Seconds that one server may see a fault later than the other: a scrape, and a look at the rules. */
const OTHER_SERVER = 20;

/** Longer than the interval at which Alertmanager says what it has to say of a fault. */
const QUIET_SECONDS = 70;

describe("the alerts of the box", function () {
  // Up to two minutes until all is told, and two until all is over.
  this.timeout(600_000);
  let receiver: Receiver;

  before(async () => {
    const { lab } = await world();
    receiver = await startReceiver(lab);
    // What tests before this one have broken is over, and told: nobody listened, so Alertmanager still has it to say.
    const isQuiet = async (): Promise<boolean> =>
      (await firing(lab, "gateway-4")).length === 0 &&
      receiver.messages.every(({ at, of }) => of.length === 0 || Date.now() - at > QUIET_SECONDS * 1000);
    const start = Date.now();
    await secondsUntil("nothing fires, and nothing is told", 420, async () => (await isQuiet()) && Date.now() - start > QUIET_SECONDS * 1000); // prettier-ignore
  });
  after(() => receiver.stop());

  const told = (status: string, since: number): readonly string[] =>
    receiver.messages.filter((one) => one.status === status && one.at >= since).flatMap(({ of }) => of).sort(); // prettier-ignore

  /** Breaks, sees each fault told once and nothing else; heals, and sees each end told once. */
  async function tellsOf(faults: readonly AlertFault[], watching: readonly Server[]): Promise<void> {
    const { lab } = await world();
    const since = Date.now();
    const expected = faults.flatMap(({ tells }) => tells).sort();
    try {
      // One after the other: where one cannot be made, nothing of another one is still under way when all are healed.
      const moments: number[] = [];
      for (const { breakIt } of faults) {
        await breakIt(lab);
        moments.push(Date.now());
      }
      const last = Math.max(...faults.map(({ within }) => within));
      const isTold = (): boolean => expected.every((one) => told("firing", since).includes(one));
      await secondsUntil(`messages of ${expected.join(", ")}`, last, () => Promise.resolve(isTold())).catch(() => 0);
      // The two servers look at their rules at different moments.
      for (const server of watching) {
        await secondsUntil("the other server has seen it", OTHER_SERVER, async () => (await firing(lab, server)).length >= expected.length).catch(() => 0); // prettier-ignore
        assert.deepEqual(await firing(lab, server), expected, `what fires on ${server}`);
      }
      assert.deepEqual(told("firing", since), expected, "each is told once");
      for (const [index, { tells, within }] of faults.entries()) {
        const came = Math.max(...tells.map((one) => receiver.messages.find(({ at, of }) => at >= since && of.includes(one))?.at ?? 0)); // prettier-ignore
        const seconds = (came - (moments[index] ?? 0)) / 1000;
        assert.ok(seconds <= within, `${tells.join(" and ")} came after ${seconds} s, later than ${within} s`);
      }
    } finally {
      for (const { heal } of faults) await heal(lab);
    }
    await bootsDone(lab, ["gateway-4", "supervisor-1"]);
    for (const server of watching)
      await secondsUntil("nothing fires any more", CLEARS, async () => (await firing(lab, server)).length === 0);
    await secondsUntil("the end is told", TOLD_AFTER, () => Promise.resolve(expected.every((one) => told("resolved", since).includes(one)))); // prettier-ignore
  }

  it("come once for each of eight faults, with its place, and end with it", async () => {
    const since = Date.now();
    await tellsOf(faultsAtOnce, SERVERS);
    const expected = faultsAtOnce.flatMap(({ tells }) => tells).sort();
    assert.deepEqual(told("firing", since), expected, "nothing was told again");
    assert.deepEqual(told("resolved", since), expected, "each end is told once");
  });

  it("come once for an address that two hosts hold", () => tellsOf([splitAddress], SERVERS));

  it("come once while the first server of monitoring is dead, and its tools answer within two seconds", async () => {
    const { lab, stack } = await world();
    const { logIn = "" } = await stackTools(stack);
    const ask = "curl -sk -m 10 -K - -o /dev/null -w '%{http_code} %{time_total}' --resolve protobox.test:443:192.168.0.33 'https://protobox.test/prometheus/api/v1/query?query=vector(1)'"; // prettier-ignore
    const asked: string[] = [];
    await tellsOf(
      [
        {
          ...deadServer,
          breakIt: async (box) => {
            await deadServer.breakIt(box);
            for (let request = 0; request < 20; request++)
              asked.push((await exec(lab, "client", ask, { timeoutSeconds: 15, input: `user = "${logIn}"\n` })).stdout);
          },
        },
      ],
      ["gateway-5"],
    );
    const late = asked.filter((one) => !/^200 [01]\./.test(one));
    assert.deepEqual(late, [], `of ${asked.length} requests`);
  });
});
