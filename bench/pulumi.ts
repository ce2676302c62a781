/** Runs of Pulumi that must succeed, and what they say about the resources. */
import type { RunResult } from "../lab/run.ts";
import type { LabStack, PulumiOptions } from "../lab/stack.ts";
import type { Cost, Meter } from "./meter.ts";

/** Resources by what an `up` did with them: `created`, `updated`, `deleted`, `replaced`, `unchanged`. */
export type ResourceCounts = Readonly<Record<string, number>>;

/** A run that must succeed. @throws Error with its last words */
export async function succeeded(run: Promise<RunResult>): Promise<RunResult> {
  const result = await run;
  if (result.code === 0) return result;
  const words = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-30).join("\n");
  throw new Error(`pulumi ended with ${result.code}:\n${words}`);
}

/** Applies a stack, outside of any measurement. */
export async function applied(stack: LabStack): Promise<void> {
  await succeeded(stack.pulumi(["up", "--yes", "--suppress-outputs"]));
}

/**
 * What an `up` cost and what it did.
 *
 * @param more options of `up`, such as `--skip-preview`
 */
export async function measuredUp(
  meter: Meter,
  stack: LabStack,
  more: readonly string[] = [],
): Promise<{ readonly cost: Cost; readonly resources: ResourceCounts }> {
  const up = (): Promise<RunResult> => succeeded(stack.pulumi(["up", "--yes", "--suppress-outputs", ...more]));
  const { cost, result } = await meter.measure(up);
  return { cost, resources: resourceCounts(result.stdout) };
}

/** What a `preview` costs. */
export async function measuredPreview(meter: Meter, stack: LabStack, options?: PulumiOptions): Promise<Cost> {
  const preview = (): Promise<RunResult> =>
    succeeded(stack.pulumi(["preview", "--suppress-outputs", "--suppress-progress"], options));
  return (await meter.measure(preview)).cost;
}

/**
 * Reads the summary at the end of an `up`, after that of its own preview.
 *
 * @throws Error when there is none
 */
export function resourceCounts(printed: string): ResourceCounts {
  const summary = printed.slice(printed.lastIndexOf("Resources:"));
  const counts = [...summary.matchAll(/^ {4}(?:\S+ )?(\d+) ([a-z]+)$/gm)];
  if (!printed.includes("Resources:") || counts.length === 0)
    throw new Error(`no summary of resources in:\n${printed}`);
  return Object.fromEntries(counts.map(([, count, what]) => [what ?? "", Number(count)]));
}

/** How many resources were not left as they were. */
export function changed(resources: ResourceCounts): number {
  return Object.entries(resources).reduce((sum, [what, count]) => sum + (what === "unchanged" ? 0 : count), 0);
}
