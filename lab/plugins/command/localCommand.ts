/** Runs a command on this machine. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { stat } from "node:fs/promises";
import type { WireObject } from "../protocol/wireValues.ts";
import { previousVariables } from "./commandResource.ts";
import type { Runner } from "./commandResource.ts";
import { quote, signalName, systemReason } from "./goText.ts";
import { foundFiles } from "./foundFiles.ts";
import { Output } from "./output.ts";

const DEFAULT_INTERPRETER = ["/bin/sh", "-c"];

async function demandDirectory(dir: string): Promise<void> {
  const reason = await stat(dir).then((found) => (found.isDirectory() ? undefined : "not a directory"), systemReason);
  if (reason !== undefined) throw new Error(`chdir ${dir}: ${reason}`);
}

function startReason(program: string, error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT" && !program.includes("/"))
    return `exec: ${quote(program)}: executable file not found in $PATH`;
  return `fork/exec ${program}: ${systemReason(error)}`;
}

/** Waits for the end of the process and of everyone who holds its output. */
function ended(child: ChildProcess, program: string): Promise<void> {
  return new Promise((succeeded, failed) => {
    child.once("error", (error) => failed(new Error(startReason(program, error))));
    child.once("close", (code, signal) => {
      if (signal !== null) failed(new Error(`signal: ${signalName(signal)}`));
      else if (code !== 0) failed(new Error(`exit status ${code}`));
      else succeeded();
    });
  });
}

function start(words: string[], dir: string | undefined, environment: NodeJS.ProcessEnv): ChildProcess {
  const [program = "", ...args] = words;
  try {
    return spawn(program, args, { cwd: dir, env: environment, stdio: "pipe" });
  } catch (error) {
    throw new Error(startReason(program, error as NodeJS.ErrnoException), { cause: error });
  }
}

/**
 * Runs `command` by the interpreter of the inputs (default `/bin/sh -c`). An abort of the call kills the interpreter;
 * the answer waits for children that still hold its output.
 */
export const runLocally: Runner = async (call, command, inputs, previous) => {
  const dir = inputs["dir"] as string | undefined;
  const interpreter = (inputs["interpreter"] ?? []) as string[];
  const words = [...(interpreter.length > 0 ? interpreter : DEFAULT_INTERPRETER), command];
  const environment = {
    ...process.env,
    ...(inputs["environment"] as NodeJS.ProcessEnv | undefined),
    ...Object.fromEntries(previousVariables(call, previous)),
  };
  const output = new Output(call, inputs["logging"] as string | undefined);
  try {
    if (dir !== undefined) await demandDirectory(dir);
    const child = start(words, dir, environment);
    child.stdout?.on("data", (chunk: Buffer) => output.stdout(chunk));
    child.stderr?.on("data", (chunk: Buffer) => output.stderr(chunk));
    // A command need not read its input.
    child.stdin?.on("error", () => {});
    child.stdin?.end((inputs["stdin"] ?? "") as string);
    const kill = () => void child.kill("SIGKILL");
    if (call.signal.aborted) kill();
    call.signal.addEventListener("abort", kill);
    await ended(child, words[0] ?? "").finally(() => call.signal.removeEventListener("abort", kill));
  } catch (error) {
    output.end();
    const reason = (error as Error).message;
    throw new Error(`${reason}: running ${quote(command)}:\n${output.everything}`, { cause: error });
  }
  const found: WireObject = await foundFiles(dir, inputs);
  return { ...output.end(), ...found };
};
