/** Starting the measuring programs in the lab's network namespaces and collecting what they print. */
import { spawn } from "node:child_process";
import path from "node:path";
import { namespaceOf, namespacePath, type Lab } from "../../../lab/state.ts";

/** A measuring program that runs. */
export interface Program<Line> {
  /** What it has printed so far. */
  readonly lines: readonly Line[];
  /** Resolves with its first line. */
  readonly begun: Promise<unknown>;
  /** Tells it to end, and gives all that it printed. */
  readonly stop: () => Promise<readonly Line[]>;
}

/** Seconds until a program that was asked to end is killed: the longest limit that a request is given, and some. */
export const STOP_SECONDS = 15;

/** Seconds until the first line must be there: Node's start on a machine busy with compilers. */
export const BEGIN_SECONDS = 20;

/**
 * Starts a program of this directory, or one of another by its whole path.
 *
 * @param part whose network it gets: a host, `operator`, or undefined for the machine's own
 * @throws (from `begun` and `stop`) with its last words when it ends by itself
 */
export function startProgram<Line>(
  lab: Lab,
  part: string | undefined,
  file: string,
  args: readonly string[],
): Program<Line> {
  const own = [process.execPath, path.resolve(import.meta.dirname, file), ...args];
  const inside = part === undefined ? own : ["nsenter", `--net=${namespacePath(namespaceOf(lab, part))}`, "--", ...own];
  const child = spawn(inside[0] ?? "", inside.slice(1), { stdio: ["pipe", "pipe", "pipe"] });
  const lines: Line[] = [];
  const words: string[] = [];
  const { promise: begun, resolve: begin, reject: fail } = Promise.withResolvers<undefined>();
  const { promise: ended, resolve: end } = Promise.withResolvers<number | null>();
  let stopping = false;
  readLines(child.stdout, (line) => {
    lines.push(JSON.parse(line) as Line);
    begin(undefined);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => words.push(text));
  child.stdin.on("error", () => undefined);
  child.on("error", fail);
  child.on("close", end);
  const trouble = (): Error =>
    new Error(`${file} in ${part ?? "the machine"} has ended: ${words.join("").slice(-2000)}`);
  void ended.then(() => fail(trouble()));
  begun.catch(() => undefined);
  const late = setTimeout(() => fail(new Error(`${file}: nothing after ${BEGIN_SECONDS} s`)), BEGIN_SECONDS * 1000);
  void begun.finally(() => clearTimeout(late)).catch(() => undefined);
  return {
    lines,
    begun,
    stop: async () => {
      if ((child.exitCode !== null || child.signalCode !== null) && !stopping) throw trouble();
      stopping = true;
      child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_SECONDS * 1000);
      await ended;
      clearTimeout(timer);
      return lines;
    },
  };
}

function readLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.filter((line) => line !== "").forEach(take);
  });
}
