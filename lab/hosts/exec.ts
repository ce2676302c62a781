/** Running something in a host, from the machine: no SSH, no network, works while the host's network is broken. */
import { run, type RunResult } from "../run.ts";
import type { Lab } from "../state.ts";
import { leaderOf } from "./machine.ts";

/** How a script is run in a host. */
export interface ExecOptions {
  /** Seconds until it is ended (status 124 then), by default 60. */
  readonly timeoutSeconds?: number;
  /** Its standard input: the way for secrets, which must not stand in a process list. */
  readonly input?: string | Buffer;
  /** What the script gets as `$1`, `$2`, …. */
  readonly args?: readonly string[];
}

/** What a login on the host would start with. */
const ENVIRONMENT = [
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "HOME=/root",
  "USER=root",
  "LANG=C.UTF-8",
] as const;

/** Seconds after which timeout(1) kills what does not end when asked to. */
const GRACE_SECONDS = 5;

/**
 * Runs a shell script in a host as root and waits for its end. One of several lines stands in a file of its own, see
 * `lab/scriptFile.ts`.
 *
 * @returns its status and output; a status other than 0 is no error here
 * @throws when the host is off
 * @example
 * const { code, stdout } = await exec(lab, "gateway-1", "systemctl is-active ssh", { timeoutSeconds: 10 });
 */
export async function exec(lab: Lab, host: string, script: string, options: ExecOptions = {}): Promise<RunResult> {
  const { timeoutSeconds = 60, input, args = [] } = options;
  return run("nsenter", await enter(lab, host, ["sh", "-c", script, "sh", ...args], timeoutSeconds), {
    timeoutSeconds: timeoutSeconds + 2 * GRACE_SECONDS,
    ...(input === undefined ? {} : { input }),
  });
}

/**
 * As {@link exec}, for scripts that must succeed.
 *
 * @param what what was being done, for the error
 * @throws with the host's name and the script's own words when it fails
 */
export async function execChecked(
  lab: Lab,
  host: string,
  what: string,
  script: string,
  options: ExecOptions = {},
): Promise<RunResult> {
  const result = await exec(lab, host, script, options);
  if (result.code !== 0) {
    const words = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-15).join("\n");
    throw new Error(`host ${host}: ${what} ended with status ${result.code}:\n${words}`);
  }
  return result;
}

/**
 * Runs a command in a host with this process's own terminal.
 *
 * @returns its exit status
 */
export async function execOnTerminal(
  lab: Lab,
  host: string,
  command: readonly string[],
  timeoutSeconds: number,
): Promise<number> {
  const args = await enter(lab, host, command, timeoutSeconds, ["--foreground"]);
  const seconds = timeoutSeconds + 2 * GRACE_SECONDS;
  return (await run("nsenter", args, { stdio: "inherit", timeoutSeconds: seconds })).code;
}

/** The time limit stands inside: what is ended from outside would go on in the host. */
async function enter(
  lab: Lab,
  host: string,
  command: readonly string[],
  timeoutSeconds: number,
  timeoutOptions: readonly string[] = [],
): Promise<readonly string[]> {
  const leader = await leaderOf(lab, host);
  if (leader === undefined) {
    throw new Error(`host ${host} of lab ${lab.name} is off; \`npm run lab -- up\` switches it on`);
  }
  const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"];
  const limit = ["timeout", ...timeoutOptions, `--kill-after=${GRACE_SECONDS}`, String(timeoutSeconds)];
  const terminal = process.env["TERM"];
  const environment = [...ENVIRONMENT, ...(terminal === undefined ? [] : [`TERM=${terminal}`])];
  return [`--target=${leader}`, ...namespaces, "--", "env", "-i", ...environment, ...limit, ...command];
}
