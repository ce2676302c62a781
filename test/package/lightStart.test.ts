import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const lightStart = path.resolve(import.meta.dirname, "../../package/lightStart.js");

/** What a program prints that begins as Pulumi begins one, with a hook on every stack trace, and then loads it. */
function printed(environment: Readonly<Record<string, string | undefined>>): string {
  const program = `
    Error.prepareStackTrace = () => "through a source map";
    await import(${JSON.stringify(lightStart)});
    function here() { return new Error("this").stack; }
    console.log(here());`;
  const env = { ...process.env, NODE_COMPILE_CACHE: undefined, ...environment };
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { env });
  assert.equal(stderr.toString(), "");
  return stdout.toString();
}

describe("a light start of the program", () => {
  let cache = "";
  beforeEach(() => {
    cache = mkdtempSync(path.join(tmpdir(), "gatebox-light-start-"));
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  it("takes stacks as Node makes them, with the place of the error", () => {
    assert.match(printed({ XDG_CACHE_HOME: cache }), /^Error: this\n {4}at here \(file:.*:\d+:\d+\)/);
  });

  it("keeps compiled code in the user's cache, or where $NODE_COMPILE_CACHE says", () => {
    printed({ XDG_CACHE_HOME: path.join(cache, "user") });
    assert.notDeepEqual(readdirSync(path.join(cache, "user/gatebox/node")), []);
    printed({ XDG_CACHE_HOME: path.join(cache, "other"), NODE_COMPILE_CACHE: path.join(cache, "named") });
    assert.notDeepEqual(readdirSync(path.join(cache, "named")), []);
    assert.deepEqual(readdirSync(cache).sort(), ["named", "user"]);
  });
});
