import assert from "node:assert/strict";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultLimits } from "../../box/sections/limits/index.ts";
import { runChecked } from "../../lab/run.ts";
import { namespaceOf, namespacePath } from "../../lab/state.ts";
import { onHost, world } from "../e2e/world.ts";
import { askAll, edge, request } from "./asking.ts";
import type { Question, Reply } from "./program/asker.ts";

const program = path.join(import.meta.dirname, "program", "hold.ts");

/** Holds connections that never come to a request, and resolves to how many were accepted. */
async function hold(port: number, count: number, milliseconds: number, bytes: number): Promise<number> {
  const { lab } = await world();
  const inside = [`--net=${namespacePath(namespaceOf(lab, "client"))}`, "--", process.execPath, program];
  const args = [edge.address, port, count, milliseconds, bytes].map(String);
  const { stdout } = await runChecked(`hold ${count} connections`, "nsenter", [...inside, ...args], {
    timeoutSeconds: 60,
  });
  return Number(stdout);
}

/** Connections to the web server that stand, at most, until something has ended. */
async function mostStanding(port: number, ended: Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  const over = ended.then(() => "over");
  do counts.push(await standing(port));
  while ((await Promise.race([over, sleep(200)])) !== "over");
  return Math.max(...counts);
}

async function standing(port: number): Promise<number> {
  const { lab } = await world();
  return Number(
    await onHost(lab, "webserver-1", `ss -Htn state established sport = :${port} src 192.168.0.30 | wc -l`),
  );
}

async function statuses(from: string, questions: readonly Question[]): Promise<Readonly<Record<string, Reply[]>>> {
  const replies = await askAll(from, questions);
  return Object.groupBy(replies, ({ status }) => String(status)) as Record<string, Reply[]>;
}

describe("attacks: a greedy client", () => {
  it("holds no more half-sent heads than it may open, and others are served meanwhile", async () => {
    const { clientNewConnectionsPerSecond, headerSeconds } = defaultLimits;
    const holding = hold(80, 3000, 4000, 0);
    const most = mostStanding(80, holding);
    await sleep(1000);
    const others = await statuses(
      "operator",
      Array.from({ length: 40 }, () => ({ ...edge, address: "192.168.0.30", bytes: request("/argocd/") })),
    );
    await holding;
    // In the first seconds a burst, and then what comes each second; never more than those whose time is not over.
    const bound = clientNewConnectionsPerSecond * Math.min(4, headerSeconds) + 2 * clientNewConnectionsPerSecond;
    console.log(
      `      3000 half-sent heads tried, ${await most} stood; ${others["200"]?.length ?? 0} of 40 requests of others served`,
    );
    assert.ok((await most) <= bound && (await most) > 0, `${await most} of at most ${bound}`);
    assert.equal(others["200"]?.length, 40);
  });

  it("fills no disk with uploads that it never ends, and is told so above the limit", async () => {
    const { lab } = await world();
    const used = async (): Promise<number> => Number(await onHost(lab, "webserver-1", "du -skx /var | cut -f 1"));
    const spooled = async (): Promise<number> =>
      Number(await onHost(lab, "webserver-1", "df --output=used -k /var/lib/nginx | tail -n 1"));
    const before = await used();
    const holding = hold(443, 3, 4000, 20 * 1024 * 1024);
    await sleep(3000);
    const [disk, memory] = [(await used()) - before, await spooled()];
    await holding;
    console.log(`      3 half uploads of 20 MB: ${disk} kB more on the disk, ${memory} kB in memory apart from it`);
    assert.ok(disk < 1024, `${disk} kB`);
    assert.ok(memory > 50 * 1024, `${memory} kB: they were not spooled, so nothing is proved`);
  });

  it("gets 429 with a reason for more uploads at once than it may have", async () => {
    const holding = hold(443, defaultLimits.clientUploads, 4000, 4096);
    await sleep(1500);
    const one = Buffer.from(
      "POST /dash/ HTTP/1.1\r\nHost: protobox.test\r\nConnection: close\r\nContent-Length: 52428800\r\n\r\n",
    ).toString("base64");
    const [reply] = await askAll("client", [{ ...edge, bytes: one }]);
    await holding;
    assert.equal(reply?.status, 429);
    assert.match(reply.body, /Too many requests from your address at once/);
    assert.match(reply.head, /^retry-after: 1\r?$/im);
  });

  it("leaves no query in the logs of either tier", async () => {
    const { lab } = await world();
    await askAll("client", [{ ...edge, bytes: request("/argocd/logged-path?token=logged-secret") }]);
    // nginx writes its log once a second.
    await sleep(1500);
    const nginx = await onHost(lab, "webserver-1", "cat /var/log/nginx/access.log");
    const logs = "journalctl -q -u haproxy --since -1min";
    const haproxy = await Promise.all(["gateway-1", "gateway-2", "gateway-3"].map((host) => onHost(lab, host, logs)));
    for (const log of [nginx, haproxy.join("\n")]) {
      assert.match(log, /logged-path/);
      assert.doesNotMatch(log, /logged-secret/);
    }
  });
});
