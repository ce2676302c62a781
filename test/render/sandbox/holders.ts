/** Who has an address, and since when: reported by the kernels of all hosts that may have it. */
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { Sandbox } from "./sandbox.ts";

export class Holders {
  private readonly monitors: ChildProcess[] = [];
  private readonly reported: { host: string; at: number; has: boolean }[] = [];
  private begun = 0;

  /** Begins to watch who of `hosts` has `address` on the interface `network`. */
  static async watch(hosts: ReadonlyMap<string, Sandbox>, network: string, address: string): Promise<Holders> {
    const watch = new Holders();
    for (const [name, host] of hosts) {
      const monitor = host.start(`ip -tshort -o monitor address dev '${network}'`);
      let rest = "";
      monitor.stdout?.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines.filter((one) => one.includes(` ${address}/`))) {
          // Of changes on other interfaces it reports the time alone, in the same line: the last one counts.
          const at = Date.parse(/.*\[([^\]]*)\]/.exec(line)?.[1] ?? "");
          watch.reported.push({ host: name, at, has: !line.includes("Deleted") });
        }
      });
      watch.monitors.push(monitor);
    }
    // Until each has its socket; it says nothing of that.
    await pause(500);
    return watch;
  }

  /** What is asked for from now on begins now. */
  begin(): void {
    this.begun = Date.now();
  }

  /** For how many milliseconds at a stretch, since `begin`, the number of holders was such. */
  longest(such: (count: number) => boolean): number {
    const holding = new Set<string>();
    let longest = 0;
    let since: number | undefined;
    const look = (at: number): void => {
      if (since !== undefined) longest = Math.max(longest, at - Math.max(since, this.begun));
      since = such(holding.size) ? (since ?? at) : undefined;
    };
    for (const { host, at, has } of this.reported.toSorted((one, other) => one.at - other.at)) {
      look(at);
      if (has) holding.add(host);
      else holding.delete(host);
      since = such(holding.size) ? (since ?? at) : undefined;
    }
    look(Date.now());
    return longest;
  }

  stop(): void {
    for (const monitor of this.monitors) monitor.kill("SIGKILL");
  }
}
