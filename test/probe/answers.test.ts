import assert from "node:assert/strict";
import fc from "fast-check";
import { flowsOf, longestOutage, outageOf, stallOf, type Answer } from "../faults/probe/answers.ts";

/** An answer sent at a moment, good unless said otherwise. */
function answer(sentAt: number, more: Partial<Answer> = {}): Answer {
  return { sentAt, endedAt: sentAt + 2, ok: true, status: 200, server: "", ...more };
}

const lost = { ok: false, status: 0, endedAt: 5000, error: "limit" } as const;

/** One request every 10 ms from 0 on; those sent in [from, to) are lost. */
function every10ms(count: number, from = 0, to = 0): Answer[] {
  return Array.from({ length: count }, (_, n) => answer(n * 10, n * 10 >= from && n * 10 < to ? lost : {}));
}

describe("what is read from a prober's answers", () => {
  it("no outage and nothing lost when all is well", () => {
    const found = outageOf(every10ms(100), 200, 800, 10);
    assert.deepEqual(found, { outageMs: 0, lost: 0, sent: 60, slowestMs: 2 });
  });

  it("an outage is as long as requests were lost", () => {
    const found = outageOf(every10ms(100, 300, 600), 200, 1000, 10);
    assert.equal(found.outageMs, 300);
    assert.equal(found.lost, 30);
    assert.equal(found.slowestMs, 5000 - 300);
  });

  it("an answer that comes after more than a second ends no outage, and is not lost", () => {
    const late = every10ms(100).map((each, n) => (n >= 30 && n < 50 ? { ...each, endedAt: each.sentAt + 1001 } : each));
    const found = outageOf(late, 200, 1000, 10);
    assert.deepEqual([found.outageMs, found.lost], [200, 0]);
  });

  it("counts an outage whole that reaches into the span, and not one that is past", () => {
    const answers = every10ms(100, 300, 600);
    assert.equal(outageOf(answers, 500, 1000, 10).outageMs, 300);
    assert.equal(outageOf(answers, 500, 1000, 10).lost, 10);
    assert.equal(outageOf(answers, 620, 1000, 10).outageMs, 0);
  });

  it("a span without any answer is one outage", () => {
    assert.equal(outageOf(every10ms(100, 0, 1000), 0, 1000, 10).outageMs, 990);
  });

  it("does not depend on the order in which answers came", () => {
    const answers = every10ms(60, 200, 300);
    const orders = fc.shuffledSubarray(answers, { minLength: answers.length });
    fc.assert(
      fc.property(orders, (shuffled) => {
        assert.deepEqual(outageOf(shuffled, 0, 600, 10), outageOf(answers, 0, 600, 10));
      }),
    );
  });

  it("tells where the longest outage is", () => {
    assert.deepEqual(longestOutage(every10ms(100, 300, 600), 0, 1000), { from: 290, to: 600 });
    assert.deepEqual(longestOutage(every10ms(100), 200, 800), { from: 200, to: 200 });
  });

  it("no outage where the prober itself was late: all that it sent was served", () => {
    const late = [0, 10, 20, 230, 240].map((at) => answer(at));
    assert.deepEqual(outageOf(late, 0, 250, 10), { outageMs: 0, lost: 0, sent: 5, slowestMs: 2 });
    assert.equal(outageOf([...late, answer(225, lost)], 0, 250, 10).outageMs, 200);
  });

  it("counts an outage in the span that its first request was lost in, or a later one", () => {
    const answers = every10ms(100, 500, 600);
    assert.equal(outageOf(answers, 200, 500, 10).outageMs, 0);
    assert.equal(outageOf(answers, 200, 501, 10).outageMs, 100);
  });

  it("tells apart a prober that was late from a service that was away", () => {
    const late = [0, 10, 20, 95, 105].map((at) => answer(at));
    assert.equal(stallOf(late, 0, 110, 10), 65);
    assert.equal(stallOf(late, 100, 110, 10), 0);
    assert.equal(stallOf(every10ms(100, 300, 600), 0, 1000, 10), 0);
    assert.equal(stallOf(every10ms(50), 0, 1000, 10), 500);
    assert.equal(stallOf([], 0, 1000, 10), 990);
  });

  it("a flow's silence is between answers that arrive, and it lives when late messages are answered", () => {
    const steady = [0, 200, 400, 600].map((at) => answer(at, { flow: 1, server: "192.168.0.33" }));
    const broken = [answer(0, { flow: 2 }), answer(200, { ...lost, flow: 2 }), answer(400, { ...lost, flow: 2 })];
    const stalled = [
      answer(0, { flow: 3 }),
      answer(200, { flow: 3, endedAt: 1400 }),
      answer(600, { flow: 3, endedAt: 1401 }),
    ];
    assert.deepEqual(flowsOf([...stalled, ...steady, ...broken], 400), [
      { flow: 1, gapMs: 200, alive: true, lost: 0, sources: ["192.168.0.33"] },
      { flow: 2, gapMs: 0, alive: false, lost: 2, sources: [] },
      { flow: 3, gapMs: 1398, alive: true, lost: 0, sources: [] },
    ]);
  });
});
