import assert from "node:assert/strict";
import type { Expectation } from "../faults/fault.ts";
import { assertSteady, type Run } from "../faults/record.ts";
import { EDGE } from "../faults/scene.ts";
import { described } from "../faults/report/text.ts";
import { findingsOf, lateIn } from "../faults/verdict.ts";
import { aRun } from "./aRun.ts";

function brokenBounds(run: Run, expect: Expectation): readonly string[] {
  return findingsOf(run, expect)
    .filter(({ ok }) => !ok)
    .map(described);
}

/** The made-up run, its address held and answered for otherwise. */
function heldBy(changes: Run["vips"][number]["watched"]["changes"], replies = aRun().vips[0]!.watched.replies): Run {
  return aRun({ vips: [{ vip: EDGE, watched: { changes, replies } }] });
}

describe("the verdict on a fault", () => {
  it("keeps every bound that is wide enough", () => {
    const wide = { outageMs: 400, failBackMs: 10, lost: 4, unanswered: 4, slowestMs: 1000, failsBack: true };
    assert.deepEqual(brokenBounds(aRun(), wide), []);
  });

  it("names each bound that is broken, with what was measured", () => {
    const narrow = { outageMs: 399, lost: 3, unanswered: 3, slowestMs: 999 };
    assert.deepEqual(brokenBounds(aRun(), narrow), [
      "outage while broken: 400 ms (at most 399 ms)",
      "requests lost: 4 (at most 3)",
      "requests without an answer: 4 (at most 3)",
      "slowest request: 1,000 ms (at most 999 ms)",
    ]);
  });

  it("tells requests that went elsewhere from those of the broken server", () => {
    const { answers } = aRun();
    const served = answers.map((answer, n) => ({ ...answer, ok: true, server: n % 3 === 0 ? "broken" : "pod" }));
    const elsewhere = { than: "broken", slowestMs: 8, brokenOf100: 40 };
    const slow = served.map((answer, n) =>
      n % 3 === 0 ? { ...answer, ok: false, endedAt: answer.sentAt + 900 } : answer,
    );
    const quick = slow.map((answer) => ({ ...answer, endedAt: Math.min(answer.endedAt, answer.sentAt + 8) }));
    assert.deepEqual(brokenBounds(aRun({ answers: quick }), { elsewhere }), []);
    assert.deepEqual(brokenBounds(aRun(), { elsewhere }), [
      "requests lost elsewhere: 4 (at most 0)",
      "requests that the broken one had too few of: 10 (at most 0)",
      "slowest request elsewhere: 1,000 ms (at most 8 ms)",
    ]);
    assert.deepEqual(brokenBounds(aRun({ answers: quick }), { elsewhere: { ...elsewhere, brokenOf100: 30 } }), [
      "of 100 requests, with the broken one: 33 (at most 30)",
    ]);
  });

  it("bounds how long requests are lost after the healing", () => {
    const { answers } = aRun();
    const lostUntil = (end: number): Run =>
      aRun({ answers: answers.map((answer) => ({ ...answer, ok: answer.sentAt < 2000 || answer.sentAt > end })) });
    assert.deepEqual(brokenBounds(lostUntil(4100), { wholeWithinMs: 55 }), []);
    assert.deepEqual(brokenBounds(lostUntil(4200), { wholeWithinMs: 54 }), [
      "until nothing was lost: 55 ms (at most 54 ms)",
    ]);
    assert.match(brokenBounds(lostUntil(6000), { wholeWithinMs: 55 }).join(), /until nothing was lost: never/);
  });

  it("wants one holder in the end, neither two nor none", () => {
    const two = heldBy([{ at: 0, holders: ["webserver-1", "webserver-2"] }]);
    const none = heldBy([{ at: 0, holders: [] }]);
    const complaint = ["edge: holders too many or too few at the end: 1 (at most 0)"];
    assert.deepEqual(brokenBounds(two, {}), complaint);
    assert.deepEqual(brokenBounds(none, {}), complaint);
  });

  it("wants the address back where it was, where that was said", () => {
    const away = heldBy([{ at: 0, holders: ["webserver-2"] }]);
    assert.deepEqual(brokenBounds(away, {}), []);
    assert.deepEqual(brokenBounds(away, { failsBack: true }), ["edge: not back on webserver-1: 1 (at most 0)"]);
  });

  it("bounds how long two answer after the healing, and wants one to in the end", () => {
    const replies = aRun().vips[0]!.watched.replies;
    const both = (until: number): Run["vips"][number]["watched"]["replies"] =>
      [...replies, ...replies.map(({ at }) => ({ at: at + 1, host: "webserver-2" }))].filter(
        ({ at, host }) => host === "webserver-1" || at < until,
      );
    const held = [{ at: 0, holders: ["webserver-1"] }];
    assert.deepEqual(brokenBounds(heldBy(held, both(4900)), {}), []);
    const [complaint = "", ...others] = brokenBounds(heldBy(held, both(5400)), {});
    assert.match(complaint, /^edge: two answered after healing: 1,\d+ ms \(at most 1,000 ms\)$/);
    assert.deepEqual(others, []);
    assert.match(
      brokenBounds(heldBy(held, both(6000)), {}).join(),
      /edge: answering too many or too few at the end: 1/,
    );
    assert.match(brokenBounds(heldBy(held, []), {}).join(), /edge: answering too many or too few at the end: 1/);
  });

  it("wants one to answer soon, while it is broken, where that was said", () => {
    const replies = aRun().vips[0]!.watched.replies;
    const frozen = [...replies, ...replies.map(({ at }) => ({ at: at + 1, host: "webserver-1" }))];
    const held = [{ at: 0, holders: ["webserver-1"] }];
    assert.deepEqual(brokenBounds(aRun(), { oneAnswersWithinMs: 500 }), []);
    assert.match(
      brokenBounds(heldBy(held, frozen), { oneAnswersWithinMs: 500 }).join(),
      /edge: until one answered: never \(at most 500 ms\)/,
    );
  });

  it("wants every long connection to go on, soon, and from the address that outsiders know", () => {
    const message = { ok: true, status: 200, server: "192.168.0.33" };
    const silent = (sentAt: number): boolean => sentAt > 2000 && sentAt < 5500;
    const flows = Array.from({ length: 60 }, (_, n) => n * 100).map((sentAt) => ({
      ...message,
      flow: 0,
      sentAt,
      endedAt: sentAt + 3,
      ok: !silent(sentAt),
    }));
    const dead = { ...message, flow: 1, sentAt: 0, endedAt: 3, server: "192.168.0.30" };
    const expect = { flowGapMs: 3500, source: "192.168.0.33" };
    assert.deepEqual(brokenBounds(aRun({ answers: flows }), expect), []);
    assert.deepEqual(brokenBounds(aRun({ answers: flows }), { ...expect, flowGapMs: 3000 }), [
      "longest silence of a connection: 3,500 ms (at most 3,000 ms)",
    ]);
    assert.deepEqual(brokenBounds(aRun({ answers: [...flows, dead] }), { ...expect, flowGapMs: 3000 }), [
      "connections that did not go on: 1 (at most 0)",
      // It is silent until the end.
      "longest silence of a connection: 5,997 ms (at most 3,000 ms)",
      "foreign source addresses: 1 (at most 0)",
    ]);
  });

  it("bounds the messages that flows lost, and what the fault itself has looked at", () => {
    const answers = [1, 2, 3].map((n) => ({
      flow: 0,
      sentAt: 5990,
      endedAt: 5990 + n,
      ok: n > 1,
      status: 200,
      server: "",
    }));
    const noticed = [
      { what: "pods started again", value: 0, unit: "", bound: 0 },
      { what: "until it was mounted", value: Infinity, unit: "ms", bound: 60_000 },
    ] as const;
    assert.deepEqual(brokenBounds(aRun({ answers, noticed, onGrid: false }), { lost: 0 }), [
      "messages lost: 1 (at most 0)",
      "until it was mounted: never (at most 60,000 ms)",
    ]);
    assert.deepEqual(brokenBounds(aRun({ answers, onGrid: false }), { lost: 1 }), []);
  });

  it("says nothing of the promptness of a prober whose requests wait for each other", () => {
    const of = (onGrid: boolean): string[] => findingsOf(aRun({ onGrid }), { outageMs: 500 }).map(({ what }) => what);
    assert.ok(of(true).includes("prober late by at most"));
    assert.ok(!of(false).includes("prober late by at most"));
  });

  it("says that it could not be measured where the prober itself was late by more than half of the narrowest bound", () => {
    const { answers } = aRun();
    // Nothing is sent for 200 ms more than usual, and nothing is lost.
    const late = answers
      .filter(({ sentAt }) => sentAt < 3000 || sentAt >= 3110)
      .map((answer) => ({ ...answer, ok: true, endedAt: answer.sentAt + 2 }));
    const lateBy = (bounds: Expectation): string | undefined => lateIn(findingsOf(aRun({ answers: late }), bounds));
    assert.equal(lateBy({ outageMs: 500, failBackMs: 400 }), undefined);
    assert.match(lateBy({ outageMs: 1500, failBackMs: 399 }) ?? "", /late by 200 ms; to measure these .* be 199\.5 ms/);
    assert.match(lateBy({ slowestMs: 100 }) ?? "", /late by 200 ms/);
    assert.equal(lateBy({ lost: 0 }), undefined, "what is no time is measured all the same");
    const flows = late.map((answer) => ({ ...answer, flow: 0 }));
    assert.match(lateIn(findingsOf(aRun({ answers: flows }), { flowGapMs: 500 })) ?? "", /late by 290 ms/);
  });
});

describe("a service before the fault", () => {
  it("is whole where nothing was lost but what was under way when it broke", () => {
    const run = aRun();
    const underWay = { sentAt: 1990, endedAt: 2990, ok: false, status: 0, server: "" };
    assertSteady({ ...run, answers: [...run.answers, underWay] });
    assert.throws(
      () => assertSteady({ ...run, answers: [...run.answers, { ...underWay, endedAt: 1999 }] }),
      /1 of \d+ requests were lost before anything was broken/,
    );
    assert.throws(() => assertSteady({ ...run, answers: [] }), /nothing was asked/);
  });
});
