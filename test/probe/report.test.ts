import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { htmlOf } from "../faults/report/html.ts";
import { logarithmic, ticks } from "../faults/report/scale.ts";
import { svgOf } from "../faults/report/svg.ts";
import { findingsOf } from "../faults/verdict.ts";
import { aRun } from "./aRun.ts";

function assertGolden(name: string, text: string): void {
  const file = path.join(import.meta.dirname, "golden", name);
  if (process.env["UPDATE_GOLDEN"]) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(text, readFileSync(file, "utf8"), `${name} is not its golden file; UPDATE_GOLDEN=1 writes it anew`);
}

describe("the report", () => {
  const expect = { outageMs: 300, failBackMs: 500, failsBack: true };

  it("draws a fault as its golden file shows it", () => assertGolden("fault.svg", svgOf(aRun())));

  it("draws flows, and a run without holders or healing", () => {
    const answers = aRun().answers.map((answer, n) => ({ ...answer, flow: n % 3 }));
    const svg = svgOf(aRun({ answers, vips: [], heals: false }));
    assert.ok(!svg.includes(">healing</text>"));
    assert.ok(!svg.includes("NaN") && !svg.includes("undefined"));
  });

  it("draws equal strokes once: a long run stays a small file", () => {
    const [first] = aRun().answers;
    const svg = svgOf(aRun({ answers: Array.from({ length: 10_000 }, () => first!) }));
    assert.ok(svg.length < 10_000, `${svg.length} characters`);
  });

  it("puts all faults on a page, the broken bounds in red", () => {
    const run = aRun();
    const findings = findingsOf(run, expect);
    const page = htmlOf([{ name: run.name, title: run.title, findings, svg: "<svg/>\n" }]);
    assertGolden("report.html", page);
    assert.match(page, /1 broke a bound/);
    assert.match(page, /<td class="number broken">400 ms ≤ 300 ms/);
    assert.ok(!page.includes("<made-up>"), "words are escaped");
  });
});

describe("the scales of the drawing", () => {
  it("have round marks", () => {
    assert.deepEqual(ticks(-2, 7.4, 10), [-2, -1, 0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(ticks(-0.31, 0.3, 6), [-0.2, 0, 0.2]);
  });

  it("keep what is outside at the edge", () => {
    const scale = logarithmic([1, 1000], [0, 30]);
    assert.deepEqual([0, 1, 10, 1000, 5000].map(scale), [0, 0, 10, 30, 30]);
  });
});
