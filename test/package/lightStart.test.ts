import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const lightStart = path.resolve(import.meta.dirname, "../../package/lightStart.js");

const stackOfError = `
  function here() { return new Error("this").stack; }
  console.log(here());`;

/** The stack that the SDK notes of a promise of its own, and that of an error behind it. */
const stackOfPromise = `
  const { createRequire } = await import("node:module");
  const { debuggablePromise } = createRequire(${JSON.stringify(import.meta.url)})("@pulumi/pulumi/runtime/debuggable.js");
  const promise = Promise.resolve(5);
  console.log(await debuggablePromise(promise, "here"), promise._debugStackTrace.split("\\n").length > 1, promise._debugCtx);
  ${stackOfError}`;

/** What a program prints that begins as Pulumi begins one, with a hook on every stack trace, and then loads it. */
function printed(environment: Readonly<Record<string, string | undefined>>, after = stackOfError): string {
  const program = `
    Error.prepareStackTrace = () => "through a source map";
    await import(${JSON.stringify(lightStart)});
    ${after}`;
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

  it("notes no stacks of the SDK's promises, unless somebody looks for leaks of them, and errors keep theirs", () => {
    assert.match(printed({ XDG_CACHE_HOME: cache }, stackOfPromise), /^5 false here\nError: this\n {4}at here /);
    const looking = { XDG_CACHE_HOME: cache, PULUMI_DEBUG_PROMISE_LEAKS: "1" };
    assert.match(printed(looking, stackOfPromise), /^5 true here\nError: this\n {4}at here /);
  });

  it("keeps compiled code in the user's cache, or where $NODE_COMPILE_CACHE says", () => {
    printed({ XDG_CACHE_HOME: path.join(cache, "user") });
    assert.notDeepEqual(readdirSync(path.join(cache, "user/gatebox/node")), []);
    printed({ XDG_CACHE_HOME: path.join(cache, "other"), NODE_COMPILE_CACHE: path.join(cache, "named") });
    assert.notDeepEqual(readdirSync(path.join(cache, "named")), []);
    assert.deepEqual(readdirSync(cache).sort(), ["named", "user"]);
  });
});
