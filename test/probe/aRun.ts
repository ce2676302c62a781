/** A made-up run of a fault, as the tests of what is read from runs want it. */
import type { Run } from "../faults/record.ts";
import { EDGE } from "../faults/scene.ts";

/**
 * A run of six seconds, broken at 2,000 ms: requests every 100 ms, lost for 400 ms; the address moves from webserver-1 to
 * webserver-2 and, healed at 4,000 ms, back.
 */
export function aRun(more: Partial<Run> = {}): Run {
  const answers = Array.from({ length: 60 }, (_, n) => {
    const sentAt = 5 + n * 100;
    const ok = sentAt < 2000 || sentAt >= 2400;
    const error = ok ? {} : { error: "limit" };
    return { sentAt, endedAt: sentAt + (ok ? 2 + (n % 7) : 1000), ok, status: ok ? 200 : 0, server: "", ...error };
  });
  const asked = Array.from({ length: 30 }, (_, n) => 20 + n * 200);
  const replies = asked.map((at) => ({ at, host: at > 2300 && at < 4100 ? "webserver-2" : "webserver-1" }));
  const changes = [
    { at: 0, holders: ["webserver-1"] },
    { at: 2350, holders: [] },
    { at: 2390, holders: ["webserver-2"] },
    { at: 4100, holders: ["webserver-1", "webserver-2"] },
    { at: 4130, holders: ["webserver-1"] },
  ];
  return {
    name: "made-up",
    title: "a <made-up> fault & its healing",
    intervalMs: 100,
    onGrid: true,
    beganAt: 0,
    brokenAt: 2000,
    wholeAt: 2060,
    healedAt: 4000,
    mendedAt: 4050,
    heals: true,
    endedAt: 6000,
    holder: "webserver-1",
    answers,
    cpuMs: 100,
    noticed: [],
    vips: [{ vip: EDGE, watched: { changes, replies } }],
    ...more,
  };
}
