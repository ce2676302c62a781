/** Starting programs of this machine: bounded in time, with their output collected or passed on line by line. */
import { spawn } from "node:child_process";

/** What a program left behind when it ended. */
export interface RunResult {
  /** Exit status; 124 when the time was up, 128 + signal number when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  /** Written to its standard input; nothing (end of file) by default. */
  readonly input?: string | Buffer;
  /** Its whole environment; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Seconds until it is ended, by default 60. */
  readonly timeoutSeconds?: number;
  /** Called with each line of output as it arrives. */
  readonly onLine?: (line: string) => void;
  /** `inherit` gives the program this process's own terminal; nothing is collected then. */
  readonly stdio?: "collect" | "inherit";
}

/** Exit status for a program that was ended because its time was up, as timeout(1) gives it. */
export const TIMED_OUT = 124;

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Seconds between the polite signal and the one that cannot be refused. */
const GRACE_SECONDS = 5;

/**
 * Runs a program to its end.
 *
 * @returns its status and output; a status other than 0 is no error here, see {@link runChecked}
 * @throws when the program cannot be started at all
 * @example
 * const { stdout } = await run("ip", ["netns", "list"], { timeoutSeconds: 10 });
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeoutSeconds = 60, stdio = "collect" } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: options.env,
      cwd: options.cwd,
      stdio: stdio === "inherit" ? "inherit" : ["pipe", "pipe", "pipe"],
    });
    let timedOut = false;
    const timers = [
      setTimeout(() => {
        timedOut = true;
        child.kill("SIGTERM");
      }, timeoutSeconds * 1000),
      setTimeout(() => child.kill("SIGKILL"), (timeoutSeconds + GRACE_SECONDS) * 1000),
    ];
    const stdout = collect(child.stdout, options.onLine);
    const stderr = collect(child.stderr, options.onLine);
    // A program that ends before it has read everything is judged by its status, not by the broken pipe.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
    const settle = (action: () => void): void => {
      timers.forEach(clearTimeout);
      action();
    };
    child.on("error", (error) => settle(() => reject(new Error(`${command} could not be started: ${error.message}`))));
    child.on("exit", () => {
      // What the program started may hold its output open; once the time is up nobody waits for that.
      if (timedOut) {
        setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream?.destroy()), 500);
      }
    });
    child.on("close", (code, signal) =>
      settle(() => resolve({ code: statusOf(code, signal, timedOut), stdout: stdout(), stderr: stderr() })),
    );
  });
}

/**
 * Runs a program that must succeed.
 *
 * @param what what was being done, for the error
 * @throws with the program's own words when it fails or its time is up
 * @example
 * await runChecked("make the bridge", "ip", ["link", "add", "box-network", "type", "bridge"]);
 */
export async function runChecked(
  what: string,
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const result = await run(command, args, options);
  if (result.code === 0) {
    return result;
  }
  const words = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-15).join("\n");
  const end = result.code === TIMED_OUT ? `not done after ${options.timeoutSeconds ?? 60} s` : `status ${result.code}`;
  throw new Error(`${what}: ${command} ended with ${end}${words === "" ? "" : `:\n${words}`}`);
}

function statusOf(code: number | null, signal: NodeJS.Signals | null, timedOut: boolean): number {
  if (timedOut) {
    return TIMED_OUT;
  }
  return code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 0);
}

function collect(stream: NodeJS.ReadableStream | null, onLine?: (line: string) => void): () => string {
  const chunks: Buffer[] = [];
  let rest = "";
  stream?.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    if (onLine) {
      const lines = (rest + chunk.toString()).split(/[\r\n]+/);
      rest = lines.pop() ?? "";
      lines.filter((line) => line.trim() !== "").forEach(onLine);
    }
  });
  return () => Buffer.concat(chunks).toString();
}
