import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { namespaceOf, namespacePath, type Lab } from "../../lab/state.ts";
import { sourceSeenOutside, withOutside } from "../e2e/outside.ts";
import { onHost, WEB, world } from "../e2e/world.ts";

/** What the edge holds against: so many SYNs, from addresses of the clients' network that nobody has, so none is answered. */
const SYNS = 100_000;
const SYNS_PER_SECOND = 5000;
const SPOOFED = Array.from({ length: 40 }, (_, index) => `192.168.0.${200 + index}`);

/**
 * And a pod, masqueraded to its node's address, that begins so many connections, with an address outside that nobody has: they
 * are remembered for two minutes, longer than a busy machine takes for all of them. Sending them takes
 * processors that the users have to do with here, which it would not on a pod's own node: the slower, the less.
 */
const GREEDY = { host: "node-1", address: "192.168.1.51", connections: 30_000, perSecond: 3000 } as const;

/** The share of one address where the stack says nothing: a sixteenth of 262,144. */
const SHARE = 16_384;

const EDGE = "192.168.0.33";

/** Asks every 20 ms over a connection of its own, until its input ends; then prints how long each answer took, -1 for none. */
const USERS = `
const { request } = require("node:https");
const took = [];
let open = 0, ended = false;
const done = () => { if (ended && open === 0) { console.log(JSON.stringify(took)); process.exit(); } };
const ask = () => {
  const begun = performance.now();
  open++;
  let counted = false;
  const end = (ms) => { if (!counted) { counted = true; took.push(ms); open--; done(); } };
  const options = { host: "${EDGE}", path: "/argocd/", servername: "protobox.test", rejectUnauthorized: false, agent: false, timeout: 5000 };
  const asked = request({ ...options, headers: { host: "protobox.test" } }, (answer) => {
    answer.resume();
    answer.on("end", () => end(answer.statusCode === 200 ? performance.now() - begun : -1));
  });
  asked.on("timeout", () => asked.destroy());
  asked.on("error", () => end(-1));
  asked.end();
};
const timer = setInterval(ask, 20);
process.stdin.resume();
process.stdin.on("end", () => { clearInterval(timer); ended = true; done(); });
console.log("ready");`;

/** Runs a program of this machine's Node on a host's network. */
function startOn(lab: Lab, host: string, args: readonly string[]): ChildProcess {
  const inside = [`--net=${namespacePath(namespaceOf(lab, host))}`, "--", process.execPath, "--no-warnings"];
  return spawn("nsenter", [...inside, ...args], { stdio: ["pipe", "pipe", "inherit"] });
}

/** How long requests of users took in ms while something happened, in order of time taken; -1 for one that failed. */
async function usersWhile(lab: Lab, happens: () => Promise<unknown>): Promise<number[]> {
  const users = startOn(lab, "client", ["-e", USERS]);
  const said: Buffer[] = [];
  users.stdout?.on("data", (data: Buffer) => said.push(data));
  const ended = once(users, "close");
  try {
    await happens();
  } finally {
    users.stdin?.end();
    await ended;
  }
  const took = JSON.parse(Buffer.concat(said).toString().replace("ready\n", "")) as number[];
  return took.sort((one, other) => one - other);
}

async function flood(lab: Lab, host: string, ...args: readonly (string | number)[]): Promise<void> {
  const program = path.join(import.meta.dirname, "flood.ts");
  const [code] = (await once(startOn(lab, host, [program, ...args.map(String)]), "close")) as [number];
  assert.equal(code, 0, "the flood did not end well");
}

const p99 = (took: readonly number[]): number => took[Math.floor(took.length * 0.99)] ?? 0;

async function tracked(lab: Lab, hosts: readonly string[]): Promise<number[]> {
  const counts = hosts.map((host) => onHost(lab, host, "cat /proc/sys/net/netfilter/nf_conntrack_count"));
  return (await Promise.all(counts)).map(Number);
}

async function refusedSources(lab: Lab, host: string): Promise<number> {
  return Number(/packets (\d+)/.exec(await onHost(lab, host, "nft list counter inet gatebox_nat refused_source"))?.[1]);
}

/** How often something is done until users are seen not to wait: of a few hundred requests, the three slowest decide. */
const ATTEMPTS = 3;

/** None of the users' requests is lost, and 99 of a hundred take at most twice as long as they do without, before or afterwards. */
async function assertUnharmed(lab: Lab, what: string, happens: () => Promise<unknown>): Promise<void> {
  const quietly = async (): Promise<number> => p99(await usersWhile(lab, async () => onHost(lab, "client", "sleep 6")));
  for (let attempt = 1; ; attempt++) {
    const before = await quietly();
    const took = await usersWhile(lab, happens);
    const quiet = Math.max(before, await quietly());
    const lost = took.filter((ms) => ms < 0).length;
    console.log(
      `      ${what}: ${took.length} requests, ${lost} lost, p99 ${p99(took).toFixed(1)} ms, quiet ${quiet.toFixed(1)} ms`,
    );
    assert.ok(took.length > 100, `${took.length} requests only`);
    assert.equal(lost, 0);
    if (p99(took) <= 2 * quiet) return;
    assert.ok(attempt < ATTEMPTS, `p99 ${p99(took)} ms, ${quiet} ms when quiet`);
  }
}

describe("floods: users of the edge notice nothing", function () {
  // Twenty seconds of SYNs, up to a minute of the pod's, the quiet time to compare with, and all of it again.
  this.timeout(400_000);
  withOutside();

  it(`of ${SYNS} spoofed SYNs, which leave nothing in the table of connections`, async () => {
    const { lab } = await world();
    const before = await tracked(lab, WEB);
    let during: number[] = [];
    await assertUnharmed(lab, "SYNs", async () => {
      await flood(lab, "client", "syn", SPOOFED.join(","), EDGE, 443, SYNS, SYNS_PER_SECOND);
      during = await tracked(lab, WEB);
    });
    console.log(`      connections tracked: ${before.join(", ")} before, ${during.join(", ")} after`);
    during.forEach((count, index) => assert.ok(count - (before[index] ?? 0) < 1000, `${count} connections`));
  });

  it(`of a pod that begins ${GREEDY.connections} connections, which get their share and leave others theirs`, async () => {
    const { lab } = await world();
    const holders = ["gateway-4", "gateway-5"];
    const refused = async (): Promise<number> => {
      const counts = await Promise.all(holders.map((host) => refusedSources(lab, host)));
      return counts.reduce((sum, one) => sum + one, 0);
    };
    const before = await refused();
    let other = "";
    await assertUnharmed(lab, "a greedy pod", async () => {
      const { host, address, connections, perSecond } = GREEDY;
      await flood(lab, host, "syn", address, "192.168.0.250", 9, connections, perSecond);
      other = await sourceSeenOutside(lab, "supervisor-1");
    });
    const most = Math.max(...(await tracked(lab, [...holders, ...WEB])));
    const grown = (await refused()) - before;
    console.log(`      ${grown} connections refused, ${most} tracked on a host at most`);
    assert.ok(grown >= GREEDY.connections - SHARE - 1000, `${grown} refused`);
    assert.ok(most < SHARE + 2000, `${most} connections`);
    assert.equal(other, "192.168.0.34");
  });
});
