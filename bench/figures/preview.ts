import { writeFile } from "node:fs/promises";
import path from "node:path";
import { openStack, project, stackFile } from "../../lab/stack.ts";
import type { Bench, Figure, Row } from "../figure.ts";
import type { Cost } from "../meter.ts";
import { measuredPreview } from "../pulumi.ts";
import { medianRatio } from "../sample.ts";
import { valuesOf, withRoutes, type Placement } from "../scale/manyRoutes.ts";

/** Rounds by number of routes: large programs take minutes, and vary the less. */
const SIZES = [
  { routes: 10, rounds: 5 },
  { routes: 100, rounds: 3 },
  { routes: 1000, rounds: 1 },
] as const;

const PLACEMENTS: readonly { placement: Placement; name: string }[] = [
  { placement: "routes", name: "in the gateways' own table" },
  { placement: "services", name: "as exposed services" },
];

/** Seconds until a preview is given up: 1,000 services are 14,000 resources. */
const LIMIT_SECONDS = 1800;

/** Most that Linux takes in one environment variable (MAX_ARG_STRLEN), in KiB; see issue 8680 of pulumi/pulumi. */
const VARIABLE_KIB = 128;

/** Size of a configuration as Pulumi hands it to a program: JSON of texts, which are JSON themselves. */
function variableKiB(values: Readonly<Record<string, unknown>>): number {
  const texts = Object.entries(values).map(([key, value]) => [`gatebox:${key}`, JSON.stringify(value)]);
  return Buffer.byteLength(JSON.stringify(Object.fromEntries(texts))) / 1024;
}

/** A preview of a stack that nothing is applied of, each time beside a preview of the empty program. */
async function measured(
  bench: Bench,
  values: Readonly<Record<string, unknown>>,
  rounds: number,
): Promise<[Cost[], Cost[]]> {
  const file = path.join(bench.meter.home.directory, "scale.json");
  await writeFile(file, JSON.stringify(values));
  const program = path.join(project, "bench/programs/scale");
  const configuration = `config:\n  scale:file: ${file}\n`;
  const stack = await openStack(bench.meter.home, bench.toolchain, { name: "bench", program, configuration });
  const [costs, starts]: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    starts.push(await measuredPreview(bench.meter, bench.empty));
    costs.push(await measuredPreview(bench.meter, stack, { timeoutSeconds: LIMIT_SECONDS }));
  }
  return [costs, starts];
}

export const preview: Figure = {
  name: "preview",
  title: "`pulumi preview` as a box grows",
  how: `The Protobox with 10, 100 and 1,000 routes more, of five servers each in the gateways' own table (the same number of resources, longer texts) or as exposed services (14 resources each). Nothing is applied, so every resource is to be created. Each beside a preview of the empty program: ${SIZES.map(({ routes, rounds }) => `${rounds} × ${routes}`).join(", ")} routes. The routes come from a file that the program reads: Linux takes no more than 128 KiB in one environment variable, and in one Pulumi hands a program its whole configuration. Memory is what engine, program and plugins have resident together at the worst moment.`,
  onLab: true,
  measure: async (open, say) => {
    const bench = await open();
    const rows: Row[] = [];
    for (const { placement, name } of PLACEMENTS) {
      for (const { routes, rounds } of SIZES) {
        const values = valuesOf(withRoutes(await stackFile(project, "protobox"), placement, routes));
        const [costs, starts] = await measured(bench, values, rounds);
        const beside = (of: keyof Cost): number =>
          medianRatio(
            costs.map((one) => one[of]),
            starts.map((one) => one[of]),
          );
        const what = `${routes.toLocaleString("en")} routes ${name}`;
        rows.push(
          { what: `${what}: wall time beside the engine's own start`, value: beside("seconds"), unit: "x" },
          { what: `${what}: processor time beside it`, value: beside("cpuSeconds"), unit: "x" },
          { what: `${what}: peak memory beside it`, value: beside("peakMiB"), unit: "x" },
          {
            what: `${what}: the configuration, if it stood in the stack file`,
            value: variableKiB(values),
            unit: "KiB",
            target: `below ${VARIABLE_KIB} KiB to fit in`,
          },
        );
        say(
          `${what}: ${costs.map(({ seconds, peakMiB }) => `${seconds.toFixed(1)} s, ${Math.round(peakMiB)} MiB`).join("; ")}`,
        );
      }
    }
    return rows;
  },
};
