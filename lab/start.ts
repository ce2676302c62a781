/** `npm start`: a whole box on this machine, or, where that cannot be, what it would be. */
import { parseArgs } from "node:util";
import { Listr, PRESET_TIMER } from "listr2";
import { protoboxOf } from "./absentHosts.ts";
import { bringUpBox } from "./box.ts";
import { clusterServes, lookAtCluster } from "./clusterSide.ts";
import { showElsewhere } from "./elsewhere.ts";
import { applyFollowed } from "./declared.ts";
import { masterCountOf } from "./inventory.ts";
import { allServe, lookAround, page, stackUrls } from "./page.ts";
import { assertSuitableMachine, UnsuitableMachine } from "./prerequisites.ts";
import { reportTo } from "./progress.ts";
import { openStack, operatorHome, type LabStack } from "./stack.ts";
import { labNamed, type Lab } from "./state.ts";
import { lookAtTools, stackTools, toolsServe } from "./tools.ts";
import type { UpOptions } from "./up.ts";

/** Nobody is asked about a preview, and what the program refuses `up` refuses too: it would be run twice. */
const UP = ["up", "--yes", "--skip-preview"];

/** `pulumi up` as one step with the engine's own lines. */
async function apply(lab: Lab, stack: LabStack, configuration: string): Promise<void> {
  await new Listr(
    [
      {
        title: `pulumi up (Pulumi.${stack.name}.yaml)`,
        task: async (_, task) => {
          const up = (): ReturnType<LabStack["pulumi"]> => stack.pulumi(UP, { onLine: reportTo(task) });
          const answer = await applyFollowed(lab, configuration, up);
          if (answer.code !== 0) throw new Error(`pulumi up failed:\n${answer.stdout}\n${answer.stderr}`);
          task.title = `pulumi up: ${changesIn(answer.stdout)}`;
        },
      },
    ],
    { rendererOptions: { timer: PRESET_TIMER }, fallbackRendererOptions: { timer: PRESET_TIMER } },
  ).run();
}

/** The engine's own counts of what it has done: "3 created, 2 replaced, 190 unchanged". */
function changesIn(output: string): string {
  const counts =
    output.slice(output.lastIndexOf("Resources:")).match(/\d+ (?:created|updated|replaced|deleted|unchanged)$/gm) ?? [];
  return counts.length === 0 ? "done" : counts.join(", ");
}

async function start(lab: Lab, options: UpOptions): Promise<number> {
  const toolchain = await bringUpBox(lab, options);
  const configuration = await protoboxOf(lab);
  const stack = await openStack(operatorHome(lab), toolchain, { name: "protobox", configuration });
  await apply(lab, stack, configuration);
  const seen = await lookAround(lab, await stackUrls(stack));
  const tools = await lookAtTools(lab, await stackTools(stack));
  const cluster = await lookAtCluster(lab, stack, configuration);
  console.log(page(lab, seen, tools, cluster));
  return allServe(seen) && toolsServe(tools) && clusterServes(cluster) ? 0 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { name: { type: "string" }, full: { type: "boolean", default: false }, masters: { type: "string" } },
  });
  const masters = values.masters === undefined ? undefined : masterCountOf(values.masters);
  try {
    assertSuitableMachine();
  } catch (error) {
    if (!(error instanceof UnsuitableMachine)) throw error;
    return showElsewhere(error.message);
  }
  return start(labNamed(values.name), { full: values.full, masters });
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
