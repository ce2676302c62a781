/** How commands of the lab show what they do: a live list on a terminal, plain lines elsewhere, each step with its time. */
import { Listr, PRESET_TIMER, type ListrTask } from "listr2";

/** Seconds between two lines of a step's output where each line stays for good. */
const PLAIN_LINE_SECONDS = 15;

/**
 * Runs steps one after another.
 *
 * @param quiet shows nothing, for tests
 * @throws the error of the first step that fails
 */
export async function runSteps<C extends object>(
  steps: readonly ListrTask<C>[],
  context: C,
  quiet = false,
): Promise<void> {
  const steady = { timer: PRESET_TIMER };
  const list = new Listr<C>([...steps], {
    ctx: context,
    silentRendererCondition: quiet,
    rendererOptions: { ...steady, collapseSubtasks: false },
    fallbackRendererOptions: steady,
  });
  await list.run();
}

/**
 * Shows a program's lines as the output of a step: every line where the last one takes its place, one now and then
 * where all of them stay.
 */
export function reportTo(task: { output: string }): (line: string) => void {
  let last = Date.now();
  return (line) => {
    if (process.stdout.isTTY || Date.now() - last > PLAIN_LINE_SECONDS * 1000) {
      last = Date.now();
      task.output = line;
    }
  };
}
