/**
 * Asks a network who has an address, ten times a second, and prints every host that answers: `node watchArp.ts INTERFACE
 * ADDRESS`, in the network namespace of a neighbour. Several may answer: that is what it is for. Not to be run where the
 * prober runs: it has to learn the address's holder by itself. Prints `{ at, ether }`; ends with its standard input.
 */
import { spawn } from "node:child_process";
import { now } from "./clock.ts";
import { atEndOfInput, beFirst, lineWriter } from "./promptness.ts";

/** arping(8) asks once a second at most, so several of them take turns. */
const ASKING = 10;

/** Each of them sees the answers to all of them; those that come together are one. */
const TOGETHER_MS = 20;

const [network = "", address = ""] = process.argv.slice(2);
const { write, flush } = lineWriter();

const reported = new Map<string, number>();

function report(ether: string): void {
  const at = now();
  if (at - (reported.get(ether) ?? -Infinity) < TOGETHER_MS) return;
  reported.set(ether, at);
  write({ at, ether });
}

function ask(): ReturnType<typeof spawn> {
  const child = spawn("arping", ["-b", "-I", network, address], { stdio: ["ignore", "pipe", "ignore"] });
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const ether = /\[([0-9A-F:]{17})\]/i.exec(line)?.[1];
      if (ether !== undefined) report(ether.toLowerCase());
    }
  });
  return child;
}

beFirst();
const children: ReturnType<typeof spawn>[] = [];
for (let n = 0; n < ASKING; n += 1) setTimeout(() => children.push(ask()), (n * 1000) / ASKING);
atEndOfInput(() => {
  children.forEach((child) => child.kill());
  flush();
  process.exit();
});
