import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, globSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { packageList } from "../../host/HostPackages.ts";
import { SandboxHost } from "../host/sandboxHost.ts";
import { openableByNobody } from "./openable.ts";

const project = join(import.meta.dirname, "../..");

/** What a script locks: the word behind flock, or the file that the number there was opened with. */
function lockedIn(text: string): string[] {
  const locked: string[] = [];
  for (const [, word = ""] of text.matchAll(/\bflock (?:-\w+ (?:"?\$\w+"? |\d+ (?=\d))?)*("[^"]+"|\d+)/g)) {
    if (!/^\d+$/.test(word)) locked.push(word.slice(1, -1));
    else for (const [, file = ""] of text.matchAll(new RegExp(`exec ${word}>"([^"]+)"`, "g"))) locked.push(file);
  }
  return [...new Set(locked)];
}

/** Every lock in the scripts of hosts, as it is written there: `$locks/$assembly.lock`. */
function locksOfScripts(): string[] {
  const scripts = globSync("{host,render}/**/*.sh", { cwd: project }).map((file) =>
    readFileSync(join(project, file), "utf8"),
  );
  const withLocks = scripts.filter((text) => /^[^#]*\bflock /m.test(text));
  return withLocks.flatMap((text) => {
    const locked = lockedIn(text);
    assert.equal(locked.length > 0, true, `which file is locked here?\n${text.slice(0, 200)}`);
    return locked;
  });
}

/** Whether a path may be what a script writes so. */
function isWrittenAs(path: string, written: string): boolean {
  const parts = written.split(/\$\w+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".+")}$`).test(path);
}

// Needs root: it tries as another user.
describe("attacks: locks and state of the runtime", function () {
  this.timeout(60_000);
  let host: SandboxHost;

  /** Has each flock tell which file it locks, and whether nobody could open that at this very moment. */
  function watchLocks(): void {
    const real = spawnSync("sh", ["-c", "command -v flock"], { encoding: "utf8" }).stdout.trim();
    const open = `setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'exec 3<"$1"' sh "$file" 2>/dev/null`;
    host.tool(
      "flock",
      `for word; do
  case $word in */*) file=$word; break ;; -*) ;; *) file=$(readlink "/proc/$$/fd/$word" 2>/dev/null) && break ;; esac
done
if ${open}; then echo "open $file"; else echo "closed $file"; fi >>'${host.path("locked")}'
exec ${real} "$@"`,
    );
  }

  const locked = (): string[] => [...new Set(readFileSync(host.path("locked"), "utf8").trim().split("\n"))].sort();

  /** All that the runtime does with locks: two units together, one killed while it waits, packages, status, back, a key. */
  async function everythingThatLocks(): Promise<void> {
    assert.equal((await host.apply(host.base("one\n"))).code, 0);
    const lock = await host.holdLock();
    const killed = host.start(["apply"], host.fragment("killed", "x\n"));
    await host.waiting(1);
    process.kill(killed.pid, "SIGKILL");
    const going = host.start(["apply"], host.fragment("a", "a\n"));
    // What the killed one has left may be cleared away by the other.
    await host.waiting(1);
    lock.release();
    // What it had started waits for the lock as long as that is held, and keeps its output open.
    await killed.ended;
    assert.equal((await going.ended).code, 0);
    for (const args of [["status"], ["back", "edge"], ["key", "edge"]]) assert.equal((await host.run(args)).code, 0);
    host.tool("dpkg-query", `while [ "$1" != -- ]; do shift; done; shift; for p; do echo "ii  $p"; done`);
    const list = packageList({ packages: ["nginx"], maskedUntilConfigured: [] });
    assert.equal((await host.run(["packages"], list)).stdout, "already installed\n");
    tryThePacketProbe();
  }

  /** The probe of an assembly takes one beside those of the runtime. */
  function tryThePacketProbe(): void {
    const script = `. "$1"; probe_places=$2 probe_holder='' probing=$(mktemp -d); begin_probe && end_probe`;
    const [shell, places] = [join(project, "render/shell/way_in.sh"), host.path("run/gatebox")];
    for (const tool of ["nft", "ip"]) host.tool(tool, "exit 1");
    const PATH = `${host.path("tools")}:${process.env["PATH"]}`;
    const { status, stderr } = spawnSync("sh", ["-c", script, "sh", shell, places], {
      encoding: "utf8",
      env: { ...process.env, PATH },
    });
    assert.deepEqual([status, stderr], [0, ""]);
  }

  /** Everything below a place of ours. */
  function below(place: string): string[] {
    const found = readdirSync(host.path(place), { recursive: true, withFileTypes: true });
    return [host.path(place), ...found.map((entry) => join(entry.parentPath, entry.name))];
  }

  /** What nobody may open: all but the live trees, whose files have modes of their own, and the way there. */
  function ours(): string[] {
    const state = below("var/lib/gatebox").filter((path) => !/\/gatebox(?:\/edge(?:\/generations.*)?)?$/.test(path));
    return [...below("run/gatebox"), ...state];
  }

  beforeEach(() => {
    host = new SandboxHost();
    // As on a host, where anybody can get as far as /run and /var/lib.
    chmodSync(host.root, 0o755);
    watchLocks();
  });
  afterEach(() => host.delete());

  it("can be opened by root alone while they are held, every one that is in the scripts", async () => {
    await everythingThatLocks();
    assert.deepEqual(
      locked().filter((line) => !line.startsWith("closed ")),
      [],
    );
    const written = locksOfScripts();
    assert.ok(written.length >= 5, written.join(", "));
    const paths = locked().map((line) => line.replace(/^closed /, ""));
    for (const lock of written)
      assert.ok(
        paths.some((path) => isWrittenAs(path, lock)),
        `${lock} was not tried`,
      );
    console.log(`      ${paths.length} locked files of ${written.length} locks in the scripts, 0 can be opened`);
  });

  it("leave nothing that nobody can open, whatever modes an earlier version left", async () => {
    const mode = fc.constantFrom(0o755, 0o777, 0o750, 0o700);
    const fileMode = fc.constantFrom(0o644, 0o666, 0o604, 0o600);
    const names = ["edge.lock", "packages.lock", "edge.guard", "held", "vip/events", "vip/drain"];
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(
        mode,
        fc.array(fileMode, { minLength: 6, maxLength: 6 }),
        fc.boolean(),
        async (directory, modes, apply) => {
          mkdirSync(host.path("run/gatebox/vip"), { recursive: true });
          for (const [index, name] of names.entries()) {
            writeFileSync(host.path("run/gatebox", name), "");
            chmodSync(host.path("run/gatebox", name), modes[index] ?? 0o644);
          }
          chmodSync(host.path("run/gatebox"), directory);
          const ended = apply ? await host.apply(host.base(`${++tried}\n`)) : await host.run(["places"]);
          assert.deepEqual([ended.code, ended.stderr], [0, ""]);
          assert.equal(statSync(host.path("run/gatebox")).mode & 0o777, 0o700);
          assert.deepEqual(openableByNobody([...below("run/gatebox"), ...(apply ? ours() : [])]), []);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("are not what others can still take: a user who locks a file of the live tree keeps nothing back", async () => {
    await host.apply(host.base("one\n"));
    // The live tree is for all to read, file by file.
    const readable = host.path("etc/gatebox/edge/base.cfg");
    assert.deepEqual(openableByNobody([readable]), [readable]);
    const holder = spawn("setpriv", [
      ...["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/flock", readable],
      ...["sh", "-c", "echo held; cat"],
    ]);
    await once(holder.stdout, "data");
    try {
      assert.equal((await host.apply(host.base("two\n"), { env: { GATEBOX_LOCK_WAIT: "5" } })).code, 0);
      assert.equal((await host.remove(host.base("two\n"))).code, 0);
    } finally {
      holder.stdin.end();
    }
  });

  it("are closed at every boot before a service makes their place", async () => {
    assert.equal((await host.run(["places"])).code, 0);
    const line = readFileSync(host.path("etc/tmpfiles.d/gatebox.conf"), "utf8");
    assert.equal(line, "d /run/gatebox 0700 root root -\n");
    // The next boot: /run is empty, systemd reads that file, and then a service comes.
    const boot = spawnSync("systemd-tmpfiles", ["--create", `--root=${host.root}`, "gatebox.conf"], {
      encoding: "utf8",
    });
    assert.deepEqual([boot.status, boot.stderr], [0, ""]);
    spawnSync("sh", ["-c", `mkdir -p '${host.path("run/gatebox/vip")}' && : >'${host.path("run/gatebox/vip/drain")}'`]);
    assert.deepEqual(openableByNobody(below("run/gatebox")), []);
  });
});
