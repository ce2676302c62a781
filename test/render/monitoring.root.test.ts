import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { timingOf } from "../../render/prometheus/timing.ts";
import { monitoredBox } from "./sampleMonitoring.ts";
import { MonitoringServers, receiverUrl } from "./sandbox/monitoringServers.ts";

const watched = ["webserver-1", "webserver-2", "gateway-1", "gateway-2", "gateway-3", "supervisor-1"];
const all = ["gateway-4", "gateway-5", ...watched];
const box = monitoredBox(
  { scrapeInterval: "1s" },
  { receivers: { ops: { webhook: { url: receiverUrl } } }, route: {} },
);
const timing = timingOf(box.monitoring!);

/** Two real Prometheus and two real Alertmanagers, with the box's own rules, and hosts that lose their cables. */
describe("monitoring: one fault is one message", function () {
  // Of the 20 faults each is followed until its end has been told, too.
  this.timeout(400_000);
  let servers: MonitoringServers;

  /** Waits until something is so; then it has taken so many seconds. */
  async function seconds(limit: number, condition: () => boolean): Promise<number> {
    const start = Date.now();
    while (!condition()) {
      if (Date.now() - start > limit * 1000) throw new Error(`not within ${limit} s: ${condition.toString()}; ${JSON.stringify(servers.messages.slice(-20))}`); // prettier-ignore
      await pause(100);
    }
    return (Date.now() - start) / 1000;
  }
  const hasTold = (since: number, what: string): boolean => servers.counts(since).has(what);
  // The second Alertmanager would have sent by then, and a message at the next interval has come.
  const settled = (): Promise<void> => pause((timing.peerTimeout + timing.groupInterval) * 1000);

  before(async () => {
    servers = await MonitoringServers.make(box, watched);
    await seconds(60, () => (["gateway-4", "gateway-5"] as const).every((one) => servers.members(one) === 2));
  });
  after(() => servers.remove());

  it("has every program of every host as a target, up, on both servers", async () => {
    for (const server of ["gateway-4", "gateway-5"] as const) {
      await seconds(30, () => [...servers.query(server, "up").values()].filter((one) => one === 1).length === 12);
      const up = servers.query(server, "up");
      assert.deepEqual([...up.keys()].sort(), [...all.map((host) => `node/${host}`), "alertmanager/gateway-4", "alertmanager/gateway-5", "prometheus/gateway-4", "prometheus/gateway-5"].sort()); // prettier-ignore
    }
    await settled();
    assert.deepEqual(servers.messages, [], "nothing is wrong, and nobody is told");
  });

  it("sends one message for each of 24 hosts that die, and one when they are back", async () => {
    for (let round = 0; round < 4; round++) {
      const since = Date.now();
      for (const host of watched) {
        servers.cable(host, "down");
        await pause(230);
      }
      await seconds(30, () => watched.every((host) => hasTold(since, `firing HostDown/${host}`)));
      await pause((timing.peerTimeout + 2) * 1000);
      for (const host of watched) {
        servers.cable(host, "up");
        await pause(170);
      }
      await seconds(60, () => watched.every((host) => hasTold(since, `resolved HostDown/${host}`)));
      await pause((timing.peerTimeout + 2) * 1000);
      const expected = watched.flatMap((host) => [`firing HostDown/${host}`, `resolved HostDown/${host}`]);
      assert.deepEqual(
        servers.counts(since),
        new Map(expected.map((one) => [one, 1] as const).sort()),
        `round ${round}`,
      );
    }
  });

  for (const [dead, left] of [
    ["gateway-5", "gateway-4"],
    ["gateway-4", "gateway-5"],
  ] as const)
    it(`tells that ${dead}, a server itself, has died, and of a host that dies beside it, once each`, async () => {
      const since = Date.now();
      servers.kill(dead);
      await seconds(30, () => hasTold(since, `firing HostDown/${dead}`));
      servers.cable("gateway-1", "down");
      await seconds(30, () => hasTold(since, "firing HostDown/gateway-1"));
      await settled();
      assert.deepEqual(servers.counts(since), new Map([[`firing HostDown/${dead}`, 1], ["firing HostDown/gateway-1", 1]])); // prettier-ignore
      servers.cable("gateway-1", "up");
      await servers.start(dead, all);
      // Messages of faults that last while a server comes back can come again: docs/monitoring.md.
      await seconds(60, () => servers.members(left) === 2 && hasTold(since, `resolved HostDown/${dead}`));
      await settled();
    });
});
