import { spawn } from "node:child_process";

/** How a program of this machine has ended. */
export interface Ended {
  /** Undefined where it was ended because it took too long, or never began. */
  readonly code: number | undefined;
  readonly output: string;
  readonly errors: string;
  /** Why it could not begin: `ENOENT` where there is none. */
  readonly unstarted?: string;
}

/** How a program is run. */
export interface Running {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly milliseconds: number;
}

const MOST_OUTPUT = 64 * 1024;

/** Runs a program of this machine, without a terminal, and ends it when its time is over. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env, milliseconds }: Running,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const heard = { output: "", errors: "" };
    const end = (rest: Pick<Ended, "code" | "unstarted">): void => {
      clearTimeout(timer);
      // A grandchild may hold them open.
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ ...heard, ...rest });
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      end({ code: undefined });
    }, milliseconds);
    const listen = (key: keyof typeof heard) => (chunk: Buffer) => {
      heard[key] = (heard[key] + chunk.toString("utf8")).slice(-MOST_OUTPUT);
    };
    child.stdout.on("data", listen("output"));
    child.stderr.on("data", listen("errors"));
    child.on("error", (error) =>
      end({ code: undefined, unstarted: "code" in error ? String(error.code) : error.message }),
    );
    child.on("close", (code) => end({ code: code ?? undefined }));
  });
}
