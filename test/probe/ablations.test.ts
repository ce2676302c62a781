import assert from "node:assert/strict";
import { faults } from "../faults/faults/index.ts";
import { ablationTable } from "../faults/report/ablationTable.ts";
import { all, dropIn, line, stopped } from "../faults/ablations/ablation.ts";
import { ablations } from "../faults/ablations/ablations.ts";
import { saidBy, without, type Reach } from "../faults/ablations/without.ts";

/** Faults that are like another one in all that keeps users from noticing, or that have no mechanism of the box's own. */
const LIKE_ANOTHER = [
  "gateway-keepalived-killed",
  "both-killed",
  "haproxy-killed-behind",
  "gateway-keepalived-frozen",
  "gateway-power-off",
  "rebooted-in-order",
  "gateway-drained",
  "networkd-restarted",
  "nat-gateway-off-udp",
  "nat-gateway-off-new",
  // Its connection is reset by the host itself; as for another API server, as in api-server-killed.
  "api-server-killed-watch",
  // As keepalived-killed, and the address moves as in power-off.
  "api-keepalived-killed",
  "api-holder-off",
  // What is promised of it holds without anything of the box's: both hosts answer.
  "api-partition",
  // As containerd-killed; the lab's pods take the signal to end for nothing, and systemd waits for a minute and a half.
  "containerd-restarted",
  // As brick-off, where more is lost.
  "brick-killed",
];

describe("ablations", () => {
  it("are known for every fault, but for those that are like another", () => {
    const known = new Set(ablations.map(({ fault }) => fault));
    const names = faults.map(({ name }) => name);
    assert.deepEqual(names.filter((name) => !known.has(name)).sort(), [...LIKE_ANOTHER].sort());
    assert.deepEqual(
      [...known].filter((name) => !names.includes(name)),
      [],
    );
  });

  it("keep their order, and drop-ins are written for the service that is named", () => {
    const { remove, restore } = all(stopped("a"), dropIn("b", ["Restart=no", "ExecStopPost="]));
    assert.deepEqual(
      [...remove, ...restore].map(({ name }) => name),
      ["systemctl stop a", "drop-in.sh b Restart=no\nExecStopPost=", "systemctl start a", "drop-in-away.sh b"],
    );
  });

  it("always name what they break", () => {
    assert.deepEqual(
      ablations.filter(({ breaks }) => !/^[a-z]+/.test(breaks)).map(({ fault }) => fault),
      [],
    );
  });

  it("make a table of what the tests said", () => {
    const seen = [{ fault: "nginx killed", mechanism: "the health service", said: ["outage: 5 s", "two"] }];
    assert.match(ablationTable(seen), /^\| nginx killed \| the health service \| outage: 5 s<br>two \|$/m);
  });
});

describe("a mechanism that is taken away", () => {
  const ablation = { hosts: ["one", "two", "three"], remove: [line("remove")], restore: [line("restore")] };

  /** Hosts that run every script, but for one script of one host, and what they were asked to run. */
  function hostsBut(fails: string): { readonly reach: Reach; readonly ran: string[] } {
    const ran: string[] = [];
    const run = async (host: string, script: string): Promise<void> => {
      ran.push(`${host} ${script}`);
      if (`${host} ${script}` === fails) throw new Error(`${script} is impossible`);
      return Promise.resolve();
    };
    return { ran, reach: { onHost: (host, { script }) => run(host, script), switchOn: (host) => run(host, "on") } };
  }

  function restored(ran: readonly string[]): readonly string[] {
    return ran.filter((each) => each.endsWith("restore")).sort();
  }
  const ALL = ["one restore", "three restore", "two restore"];

  it("is restored on every host, and the result is returned", async () => {
    const { reach, ran } = hostsBut("");
    const during = await without(ablation, reach, () => Promise.resolve(ran.slice()));
    assert.deepEqual(during, ["one remove", "two remove", "three remove"]);
    assert.deepEqual(restored(ran), ALL);
  });

  it("is restored on every host where it could not be taken away on one", async () => {
    const { reach, ran } = hostsBut("two remove");
    const never = (): Promise<void> => Promise.reject(new Error("it was not taken away"));
    await assert.rejects(without(ablation, reach, never), /^Error: remove is impossible$/);
    assert.deepEqual(restored(ran), ALL);
  });

  for (const trouble of ["one on", "one restore"])
    it(`is restored on the other hosts where one fails at "${trouble}", and the first error is not lost`, async () => {
      const { reach, ran } = hostsBut(trouble);
      const first = new Error("the prober died");
      await assert.rejects(
        without(ablation, reach, () => Promise.reject(first)),
        ({ message, cause }: Error) => {
          assert.match(
            message,
            /^the prober died\nnot everything that was taken away is restored:\none: \w+ is impossible$/,
          );
          assert.equal(cause, first);
          return true;
        },
      );
      assert.deepEqual(restored(ran), ALL);
    });

  it("has every step of a host restored where one fails, and each that failed is reported", async () => {
    const steps = { ...ablation, hosts: ["one"], restore: [line("first"), line("second"), line("third")] };
    const { reach, ran } = hostsBut("one first");
    const done = without(steps, reach, () => Promise.resolve("done"));
    await assert.rejects(done, /not everything that was taken away is restored:\none: first is impossible$/);
    assert.deepEqual(ran, ["one remove", "one on", "one first", "one second", "one third"]);
  });

  it("is no success where it could not be restored", async () => {
    const { reach } = hostsBut("three restore");
    const done = without(ablation, reach, () => Promise.resolve("done"));
    await assert.rejects(done, /not everything that was taken away is restored:\nthree: restore is impossible/);
  });

  it("shows nothing where something else than what it breaks went wrong", () => {
    const drain = new Error("host a: drain ended with status 1:\nno other host has taken: edge");
    assert.equal(saidBy(drain, "no other host has taken"), "no other host has taken: edge");
    const dead = new Error("probe.ts in client has ended: out of memory");
    assert.throws(() => saidBy(dead, "no other host has taken"), dead);
    assert.throws(() => saidBy(dead, ""), dead);
  });
});
