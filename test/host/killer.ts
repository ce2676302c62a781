import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Ended, SandboxHost } from "./sandboxHost.ts";

/** The programs that move the runtime from one state to the next. */
export const TURNING_POINTS = ["ln", "mv"];

/** All programs by which the runtime changes anything. */
export const ALL_TOOLS = ["chmod", "cp", "diff", "flock", "ln", "mkdir", "mv", "rm", "rmdir", "sync", "timeout"];

/** Kills the runtime with SIGKILL just before its n-th use of one of the programs; the program itself still runs. */
export class Killer {
  readonly #host: SandboxHost;
  readonly #tools: readonly string[];

  constructor(host: SandboxHost, tools: readonly string[]) {
    this.#host = host;
    this.#tools = tools;
  }

  apply(stdin: string, step: number): Promise<Ended & { killed: boolean }> {
    return this.run("apply", stdin, step);
  }

  async run(verb: "apply" | "remove", stdin: string, step: number): Promise<Ended & { killed: boolean }> {
    writeFileSync(this.#host.path("count"), "1\n");
    for (const tool of this.#tools) this.#host.tool(tool, this.#killing(tool, step));
    const wrapper = `echo $$ >'${this.#host.path("victim")}'; exec "$@"`;
    const ended = await this.#host.run([verb], stdin, { wrapper });
    // Runs that nobody is to kill go without: each use of a program costs twice as much with them.
    for (const tool of this.#tools) this.#host.removeTool(tool);
    const killed = Number(readFileSync(this.#host.path("count"), "utf8")) > step;
    rmSync(this.#host.path("count"));
    return { ...ended, killed };
  }

  /** What stands before the program: it counts, and kills when its time has come. */
  #killing(tool: string, step: number): string {
    const count = this.#host.path("count");
    return `read -r count <'${count}'
echo $((count + 1)) >'${count}'
if [ "$count" = ${step} ]; then read -r victim <'${this.#host.path("victim")}'; kill -KILL "$victim"; fi
PATH=\${PATH#*:} exec ${tool} "$@"`;
  }
}
