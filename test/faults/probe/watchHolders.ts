/**
 * Samples which hosts of a lab have an address, every 20 ms: `node watchHolders.ts LAB ADDRESS HOST…`. It reads the hosts'
 * kernels from the machine, so that nothing it does can touch their networks. Prints {@link Change}s; ends with its
 * standard input.
 */
import { readFileSync } from "node:fs";
import { leaderOf } from "../../../lab/hosts/machine.ts";
import { labNamed } from "../../../lab/state.ts";
import { now } from "./clock.ts";
import { holdsIpv4, holdsIpv6 } from "./holders.ts";
import { atEndOfInput, beFirst, everyTick, lineWriter } from "./promptness.ts";

const SAMPLE_MS = 20;

/** Time between two looks for the first process of a host that is off. */
const LOOK_MS = 100;

const [labName = "", address = "", ...hosts] = process.argv.slice(2);
const lab = labNamed(labName);
const { write, flush } = lineWriter();
const isIpv6 = address.includes(":");
const leaders = new Map<string, number>();
let last: string | undefined;

/** A table of a host's kernel, or nothing when the host is off. */
function tableOf(host: string): string {
  const leader = leaders.get(host);
  if (leader === undefined) return "";
  try {
    return readFileSync(`/proc/${leader}/net/${isIpv6 ? "if_inet6" : "fib_trie"}`, "utf8");
  } catch {
    leaders.delete(host);
    return "";
  }
}

function sample(): void {
  const holders = hosts.filter((host) => (isIpv6 ? holdsIpv6 : holdsIpv4)(tableOf(host), address));
  const key = holders.join(" ");
  if (key === last) return;
  last = key;
  write({ at: now(), holders });
  flush();
}

let looking = false;
async function look(): Promise<void> {
  if (looking) return;
  looking = true;
  for (const host of hosts.filter((each) => !leaders.has(each))) {
    const leader = await leaderOf(lab, host);
    if (leader !== undefined) leaders.set(host, leader);
  }
  looking = false;
}

beFirst();
await look();
sample();
everyTick(SAMPLE_MS, now, sample);
setInterval(() => void look(), LOOK_MS);
atEndOfInput(() => {
  flush();
  process.exit();
});
