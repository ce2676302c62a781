/** `npm run bench [-- NAME…]`: measures the figures and writes them into `bench/README.md`. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { benchOn, type Opener } from "./bench.ts";
import type { Conditions, Figure } from "./figure.ts";
import { addService } from "./figures/addService.ts";
import { ansible } from "./figures/ansible.ts";
import { dataPath } from "./figures/dataPath.ts";
import { failover } from "./figures/failover.ts";
import { hostApply } from "./figures/hostApply.ts";
import { monitoring } from "./figures/monitoring.ts";
import { noop } from "./figures/noop.ts";
import { preview } from "./figures/preview.ts";
import { render } from "./figures/render.ts";
import { keepResult, shown, writeReadme } from "./results.ts";

const figures: readonly Figure[] = [
  noop,
  addService,
  render,
  hostApply,
  preview,
  dataPath,
  failover,
  monitoring,
  ansible,
];

function chosen(names: readonly string[]): readonly Figure[] {
  if (names.length === 0) return figures;
  return names.map((name) => {
    const figure = figures.find((each) => each.name === name);
    if (figure === undefined)
      throw new Error(`no figure "${name}"; there are ${figures.map((each) => each.name).join(", ")}`);
    return figure;
  });
}

function loadAverage(): number {
  return Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]);
}

async function runFigure(figure: Figure, bench: Opener, name: string): Promise<void> {
  console.log(`\n=== ${figure.name}: ${figure.title}`);
  if (figure.onLab) await bench.open();
  const now: Conditions = { processors: availableParallelism(), loadBefore: loadAverage() };
  const measured = await figure.measure(
    () => bench.open(),
    (line) => console.log(`    ${line}`),
    name,
  );
  const { rows, under } = "rows" in measured ? measured : { rows: measured, under: now };
  const width = Math.max(...rows.map(({ what }) => what.length));
  for (const row of rows) {
    const target = row.target === undefined ? "" : `   asked for: ${row.target}`;
    const besides = (row.besides ?? []).map((cell) => `   ${cell}`).join("");
    console.log(`${row.what.padEnd(width)}  ${shown(row).padStart(12)}${target}${besides}`);
  }
  keepResult(figure, { ...under, rows }, figures);
}

/** One figure that cannot be measured does not keep the others from it. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { name: { type: "string", default: "bench" }, table: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  if (values.table) {
    writeReadme(figures);
    return 0;
  }
  const wanted = chosen(positionals);
  const bench = benchOn(values.name);
  let failed = 0;
  try {
    for (const figure of wanted) {
      await runFigure(figure, bench, values.name).catch((error: unknown) => {
        failed += 1;
        console.error(
          `${figure.name} could not be measured: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
    }
  } finally {
    await bench.close();
  }
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
