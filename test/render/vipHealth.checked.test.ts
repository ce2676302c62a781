import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";

const project = path.resolve(import.meta.dirname, "../..");
const health = readFileSync(path.join(project, "render/vip/health.pl"), "utf8");

/** What a server does with a connection: it says parts, each after some milliseconds, and closes then or never. */
interface Server {
  readonly parts: readonly string[];
  readonly afterMs: number;
  readonly closes: boolean;
}

/** Whether that is an answer of 200 in time (0.35 s). What comes at the very edge is not asked for. */
const isWell = ({ parts, afterMs }: Server): boolean => {
  const inTime = parts.slice(0, afterMs === 0 ? parts.length : Math.floor(300 / afterMs));
  return /^HTTP\/1\.\d 200 /.test(inTime.join(""));
};

const generated: fc.Arbitrary<Server> = fc.record({
  parts: fc.oneof(
    fc.constantFrom(
      ["HTTP/1.1 200 OK\r\n\r\n"],
      ["HTTP/1.0 200 OK\r\nA: b\r\n\r\n", "well"],
      ["HTTP/1.1 2", "00 OK\r\n\r\n"],
    ),
    fc.constantFrom(
      ["HTTP/1.1 503 No\r\n\r\n200 "],
      ["HTTP/1.1 2000 No\r\n\r\n"],
      ["SSH-2.0-200 \r\n"],
      [" HTTP/1.1 200 OK"],
      [""],
    ),
    fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
  ),
  afterMs: fc.constantFrom(0, 20, 600),
  closes: fc.boolean(),
});

async function behave(socket: Socket, { parts, afterMs, closes }: Server): Promise<void> {
  socket.on("error", () => undefined);
  for (const part of parts) {
    if (afterMs > 0) await setTimeout(afterMs);
    socket.write(part);
  }
  if (closes) socket.end();
}

describe("render: the health of what a virtual IP leads to", function () {
  this.timeout(60_000);
  let place: string;
  const stops: (() => void)[] = [];

  beforeEach(() => {
    place = mkdtempSync(path.join(tmpdir(), "gatebox-health-"));
  });
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
    rmSync(place, { recursive: true });
  });

  /** Runs the very script with a list of its own. */
  function watch(list: readonly string[]): void {
    mkdirSync(path.join(place, "notes"));
    writeFileSync(path.join(place, "list"), list.map((line) => `${line}\n`).join(""));
    const text = health
      .replace("'/etc/gatebox/vip/keepalived/health.list'", `'${place}/list'`)
      .replace("'/run/gatebox/vip'", `'${place}/notes'`)
      .replace("mkdir '/run/gatebox', 0700;\n", "");
    assert.doesNotMatch(text, /\/(?:etc|run)\/gatebox/);
    const child = spawn("perl", ["-w", "-"], { stdio: ["pipe", "ignore", "inherit"] });
    child.stdin.end(text);
    stops.push(() => child.kill("SIGKILL"));
  }

  const noted = (name: string): string | undefined => {
    try {
      return readFileSync(path.join(place, "notes", `${name}.health`), "utf8") || undefined;
    } catch {
      return undefined;
    }
  };

  async function until(met: () => boolean, what: string): Promise<void> {
    const begun = Date.now();
    while (!met()) {
      assert.ok(Date.now() - begun < 20_000, `${what} within 20 s`);
      await setTimeout(20);
    }
  }

  /** A server whose ways may change; its port. */
  async function listen(behaviour: () => Server): Promise<number> {
    const server = createServer((socket) => void behave(socket, behaviour())).listen(0, "127.0.0.1");
    await once(server, "listening");
    stops.push(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  it("is what each server's answer says, in whatever pieces and however late it comes", async () => {
    const servers = fc.sample(generated, 24);
    const list = await Promise.all(
      servers.map(async (server, index) => `s${index} 127.0.0.1 ${await listen(() => server)} /health`),
    );
    // One after the other: a silent one takes two questions of 0.35 s each.
    watch(list);
    await until(() => servers.every((_, index) => noted(`s${index}`) !== undefined), "each has a first answer");
    // One of this process' own may have come too late for a question on a busy machine; those that are not well never are.
    const bad: string[] = [];
    const assertBad = (): void => {
      for (const [index, server] of servers.entries())
        if (!isWell(server)) assert.equal(noted(`s${index}`), "1\n", JSON.stringify(server));
        else if (noted(`s${index}`) !== "0\n") bad.push(JSON.stringify(server));
    };
    await until(() => (bad.splice(0), assertBad(), bad.length === 0), `well: ${bad.join(", ")}`);
    console.log(`      ${servers.filter(isWell).length} of ${servers.length} servers are well`);
  });

  it("goes at once where nobody listens, and comes back after five good answers", async () => {
    let server: Server = { parts: ["HTTP/1.1 200 OK\r\n\r\n"], afterMs: 0, closes: true };
    let asked = 0;
    const port = await listen(() => {
      asked++;
      return server;
    });
    const free = await listen(() => server);
    stops.pop()?.();
    watch([`here 127.0.0.1 ${port} /health`, `nobody 127.0.0.1 ${free} /`, `six ::1 ${free} /`]);
    await until(() => noted("here") === "0\n" && noted("nobody") === "1\n" && noted("six") === "1\n", "first answers");
    server = { ...server, parts: ["HTTP/1.1 503 No\r\n\r\n"] };
    await until(() => noted("here") === "1\n", "its end is seen");
    server = { ...server, parts: ["HTTP/1.1 200 OK\r\n\r\n"] };
    const before = asked;
    await until(() => noted("here") === "0\n", "it comes back");
    assert.ok(asked - before >= 5, `${asked - before} answers`);
  });

  it("needs no more Perl than each Debian and Ubuntu has, as the other programs in it", () => {
    const programs = globSync("render/**/*.pl", { cwd: project });
    assert.ok(programs.length >= 3, programs.join(", "));
    for (const program of programs) {
      const essential = "BEGIN { @INC = grep { m{/perl-base$} } @INC; @INC or die 'no perl-base' }";
      const { status, stderr } = spawnSync("perl", ["-wc", "-"], {
        input: `${essential}\n${readFileSync(path.join(project, program), "utf8")}`,
        encoding: "utf8",
      });
      assert.deepEqual([status, stderr], [0, "- syntax OK\n"], program);
    }
  });
});
