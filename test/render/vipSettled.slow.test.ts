import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../../lab/run.ts";
import { script } from "../../render/script.ts";

const vip = path.resolve(import.meta.dirname, "../../render/vip");

/** Looks that are five a second: two seconds, and ten. */
const STEADY = 10;
const MOST = 50;

/** The script with its places below a directory, and with a `sleep` that only counts, and has a state become another one. */
describe("the wait of a host that boots for its virtual IPs", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "gatebox-settled-"));
    for (const place of ["bin", "states", "tree/keepalived/vips"])
      mkdirSync(path.join(root, place), { recursive: true });
    program("pgrep", 'test -e "$ROOT/telling"');
    for (const name of ["nat", "natOut"]) writeFileSync(path.join(root, "tree/keepalived/vips", `${name}.address`), "");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function program(name: string, text: string): void {
    const file = path.join(root, "bin", name);
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  }

  /** How often it looks. `at` are commands that run before a look, by its number. */
  async function looks(at: Readonly<Record<number, string>> = {}): Promise<number> {
    const cases = Object.entries(at).map(([look, command]) => `${look}) ${command} ;;`);
    program("sleep", `echo >>"$ROOT/looks"; case $(wc -l <"$ROOT/looks") in ${cases.join(" ")} none) ;; esac`);
    const text = script(vip, "settled.sh")
      .replaceAll("/etc/gatebox/vip", `${root}/tree`)
      .replaceAll("/run/gatebox/vip", `${root}/states`);
    const env = { ROOT: root, PATH: `${root}/bin:${process.env["PATH"] ?? ""}` };
    const { code, stderr } = await run("sh", ["-c", text], { env, timeoutSeconds: 60 });
    assert.deepEqual([code, stderr], [0, ""]);
    return readFileSync(path.join(root, "looks"), "utf8").length;
  }
  const noted = (name: string, state: string): string => `echo '${state} 200' >"$ROOT/states/${name}.state"`;
  const both = (state: string): string => `{ ${noted("nat", state)}; ${noted("natOut", state)}; }`;

  it("ends when all have been in one state for two seconds", async () => {
    assert.equal(await looks({ 1: both("BACKUP") }), 1 + STEADY);
  });

  it("begins anew where one of them moves, or somebody is still being told", async () => {
    assert.equal(await looks({ 1: both("BACKUP"), 6: noted("natOut", "MASTER") }), 6 + STEADY);
    rmSync(path.join(root, "looks"));
    assert.equal(await looks({ 1: 'touch "$ROOT/telling"', 8: 'rm "$ROOT/telling"' }), 7 + STEADY);
  });

  it("is over after ten seconds where nothing is known of one, or nobody gets done", async () => {
    assert.equal(await looks({ 1: noted("nat", "MASTER") }), MOST);
    rmSync(path.join(root, "looks"));
    assert.equal(await looks({ 1: `${both("MASTER")}; touch "$ROOT/telling"` }), MOST);
  });

  it("holds up no host without any", async () => {
    rmSync(path.join(root, "tree"), { recursive: true });
    assert.equal(await looks(), STEADY);
  });
});
