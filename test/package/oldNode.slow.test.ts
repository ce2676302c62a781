/** The program in this repository, started by the real engine with a Node that is too old. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openStack } from "../../lab/stack.ts";
import { prepareToolchain } from "../../lab/toolchain/index.ts";
import { scratchHome } from "../lab/scratchHome.ts";

describe("the program", function () {
  // Two starts of the engine and one of Node, each some seconds on two busy cores.
  this.timeout(180_000);

  it("says in one sentence which Node it needs", async () => {
    const home = await scratchHome();
    try {
      const stack = await openStack(home, await prepareToolchain({ kubernetes: false }), { name: "protobox" });
      // Node 20 cannot load TypeScript, whoever asks.
      const older = path.join(home.directory, "older.cjs");
      const versions = '{ value: { ...process.versions, node: "20.19.9" } }';
      writeFileSync(older, `Object.defineProperty(process, "versions", ${versions});\n`);
      const env = { NODE_OPTIONS: `--no-strip-types --require ${older}` };
      const { code, stdout, stderr } = await stack.pulumi(["preview"], { env });
      assert.notEqual(code, 0);
      assert.match(stdout + stderr, /error: Gatebox needs Node 22\.18 or later, and this is Node 20\.19\.9\.\n/);
      assert.doesNotMatch(stdout + stderr, /^\s+at /m);
    } finally {
      rmSync(home.directory, { recursive: true, force: true });
    }
  });
});
