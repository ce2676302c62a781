import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import fc from "fast-check";
import { frozenFiles, type FrozenOptions } from "../../render/frozen/index.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";
import { scriptPath } from "./sandbox/scriptFile.ts";

/** A program that takes no connection: how long its first process waits between two things that it does, and those that it has started. */
interface Program {
  readonly first: number;
  readonly others: readonly number[];
  readonly isStopped: boolean;
}

/** Longer than anybody looks. */
const NEVER = 600;
/** 0 computes without an end. */
const waits = fc.constantFrom(0, 0.1, NEVER, NEVER, NEVER);
const programs: fc.Arbitrary<Program> = fc.record({
  first: waits,
  others: fc.array(waits, { maxLength: 3 }),
  isStopped: fc.boolean(),
});

/** Who has started others leaves the answers to them. One that makes an effort is enough. */
const isFrozen = ({ first, others, isStopped }: Program): boolean =>
  isStopped || (others.length > 0 ? others : [first]).every((wait) => wait === NEVER);

const address = "127.0.0.1";
const files = (port: number, more: Partial<FrozenOptions> = {}): ReturnType<typeof frozenFiles> =>
  frozenFiles({
    assembly: "webserver",
    unit: "some.service",
    process: "behaves",
    health: { address, port, path: "/" },
    ports: [80],
    ...more,
  });

/** The watch's eyes, over programs that behave in any way. */
describe("render: a program that does not answer", function () {
  this.timeout(180_000);
  let host: Sandbox;
  let port = 20_000;

  before(async () => {
    host = await Sandbox.make([]);
    host.run('mkdir /run/bin && cp "$(command -v perl)" /run/bin/behaves');
  });
  after(() => host.remove());

  /** Starts it at a port of its own. */
  async function start({ first, others, isStopped }: Program): Promise<string> {
    const words = `${scriptPath("behaves.pl")} ${address} ${++port} ${[first, ...others].join(" ")}`;
    host.start(`nice -n 19 /run/bin/behaves ${words}`);
    const all = (): string[] => host.run(`pgrep -f '/[b]ehaves .* ${port} '`).stdout.split("\n");
    await until(() => host.run(`ss -Hltn sport = :${port}`).stdout !== "" && all().length === 1 + others.length);
    if (isStopped) host.run(`kill -STOP ${all().join(" ")}`);
    for (const file of files(port)) {
      const place = `/run/watched/${port}/${file.path}`;
      host.run(`mkdir -p ${path.dirname(place)} && cat >${place} <<'END'\n${file.text}END`);
    }
    return `perl /run/watched/${port}/scripts/frozen end`;
  }

  /** How many of its processes are there; nobody here collects those that have ended. */
  const left = (at: number): number =>
    host.run(`pgrep -f '/[b]ehaves .* ${at} ' | xargs -rI{} readlink /proc/{}/exe | wc -l`).stdout === "0" ? 0 : 1;

  it("is killed where none of those that could answer makes an effort, and only there", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(programs, { minLength: 10, maxLength: 10 }), async (some) => {
        const first = port + 1;
        const commands: string[] = [];
        for (const one of some) commands.push(await start(one));
        const ends = await Promise.all(commands.map((one) => once(host.start(`${one} 2>/dev/null`), "exit")));
        assert.deepEqual(
          ends.map(([code]) => code === 0),
          some.map(isFrozen),
        );
        assert.deepEqual(
          some.map((_, index) => left(first + index) === 0),
          some.map(isFrozen),
        );
        host.run("pkill -KILL -x behaves");
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});

describe("render/frozen", () => {
  it("refuses what cannot stand in its settings or its rules", () => {
    assert.throws(() => files(0), /some\.service: 0/);
    assert.throws(() => files(8404, { health: { address, port: 1, path: "/a b" } }), /not a plain path/);
    assert.throws(() => files(8404, { interface: 'eth0" accept' }), /interface of the clients of some\.service/);
    assert.throws(() => files(8404, { ports: [70_000] }), /70000/);
  });

  it("tells monitoring of what is noted, and of nothing that is not", () => {
    const [told] = ["render/frozen/metrics.pl"].map((one) => path.resolve(import.meta.dirname, "../..", one));
    const harness = `
my %has = ('here' => ['1 4 100 200'], 'gone' => [], 'list' => ['haproxy here', 'nginx gone']);
sub lines_of { return @{ $has{ $_[0] } } }
sub metric { my ($name, undef, undef, @samples) = @_; print "$name @$_\\n" for @samples }
my $program = shift; @ARGV = ('list');
do $program or die $@;`;
    const { stdout, stderr } = spawnSync("perl", ["-we", harness, told ?? ""], { encoding: "utf8", timeout: 20_000 });
    assert.equal(stderr, "");
    assert.equal(stdout, "gatebox_frozen_refused 1 program haproxy\ngatebox_frozen_restarts_total 4 program haproxy\n");
  });
});
