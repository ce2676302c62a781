import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Ended, SandboxHost } from "./sandboxHost.ts";

/** The programs that move the runtime from one state to the next. */
export const TURNING_POINTS = ["ln", "mv"];

/** All programs by which the runtime changes anything. */
export const ALL_TOOLS = ["chmod", "cp", "diff", "flock", "ln", "mkdir", "mv", "rm", "rmdir", "sync", "timeout"];

/** Kills the runtime with SIGKILL just before its n-th use of one of the programs; the program itself still runs. */
export class Killer {
  readonly #host: SandboxHost;

  constructor(host: SandboxHost, tools: readonly string[]) {
    this.#host = host;
    for (const tool of tools) {
      host.tool(
        tool,
        [
          `if [ -f '${host.path("kill-at")}' ]; then`,
          `  read -r count <'${host.path("count")}'`,
          `  echo $((count + 1)) >'${host.path("count")}'`,
          `  read -r kill_at <'${host.path("kill-at")}'`,
          `  if [ "$count" = "$kill_at" ]; then read -r victim <'${host.path("victim")}'; kill -KILL "$victim"; fi`,
          "fi",
          `PATH=\${PATH#*:} exec ${tool} "$@"`,
        ].join("\n"),
      );
    }
  }

  apply(stdin: string, step: number): Promise<Ended & { killed: boolean }> {
    return this.run("apply", stdin, step);
  }

  async run(verb: "apply" | "remove", stdin: string, step: number): Promise<Ended & { killed: boolean }> {
    writeFileSync(this.#host.path("count"), "1\n");
    writeFileSync(this.#host.path("kill-at"), `${step}\n`);
    const wrapper = `echo $$ >'${this.#host.path("victim")}'; exec "$@"`;
    const ended = await this.#host.run([verb], stdin, { wrapper });
    rmSync(this.#host.path("kill-at"));
    const killed = Number(readFileSync(this.#host.path("count"), "utf8")) > step;
    return { ...ended, killed };
  }
}
