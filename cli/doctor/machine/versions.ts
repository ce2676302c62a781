import { bounded } from "../../../box/printable.ts";
import { fine, warning, wrong, type Finding } from "../finding.ts";
import { runProgram, type Ended } from "./program.ts";
import type { Machine } from "./machine.ts";

/** The first Node that runs TypeScript by itself; Pulumi starts the one in PATH. */
const LEAST_NODE = "22.18.0";
/** The SDK that the program is written with: its CLI and all later ones have what it asks of the engine. */
const LEAST_PULUMI = "3.250.0";

/** The Node that Pulumi will find. */
export async function nodeFinding(machine: Machine): Promise<Finding> {
  const ended = await run("node", ["--version"], machine);
  const version = versionIn(ended.output);
  const hint = "install Node 24 and have its folder first in PATH: Pulumi runs the program with it";
  if (version === undefined) return wrong("Node", unusable("node", ended), hint);
  if (isBefore(version, LEAST_NODE))
    return wrong("Node", `${version} is too old: ${LEAST_NODE} or later is needed`, hint);
  return fine("Node", `Node ${version}`);
}

/** The Pulumi CLI. */
export async function pulumiFinding(machine: Machine): Promise<Finding> {
  const ended = await run("pulumi", ["version"], machine);
  const version = versionIn(ended.output);
  const install = "install it: https://www.pulumi.com/docs/install/";
  if (version === undefined) return wrong("Pulumi", unusable("pulumi", ended), install);
  if (!isBefore(version, LEAST_PULUMI)) return fine("Pulumi", `Pulumi ${version}`);
  return warning("Pulumi", `${version} is older than the program's SDK, ${LEAST_PULUMI}`, install);
}

/** Runs a program as Pulumi would. */
function run(command: string, args: readonly string[], { folder, env, limit }: Machine): Promise<Ended> {
  return runProgram(command, args, { cwd: folder, env, milliseconds: limit });
}

/** Why a program has told nothing. */
export function unusable(command: string, { code, errors, output, unstarted }: Ended): string {
  if (unstarted === "ENOENT") return `there is no ${command} in PATH`;
  if (unstarted !== undefined) return `${command} does not start: ${unstarted}`;
  if (code === undefined) return `${command} did not answer in time`;
  return `${command} ended with ${code}: ${bounded((errors + output).trim())}`;
}

function versionIn(text: string): string | undefined {
  return /^v?(\d{1,5}\.\d{1,5}\.\d{1,5})/m.exec(text)?.[1];
}

/** Whether a version comes before another. */
export function isBefore(version: string, other: string): boolean {
  return version.localeCompare(other, "en", { numeric: true }) < 0;
}
