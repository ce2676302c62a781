import assert from "node:assert/strict";
import { tableAdded } from "../faults/ablations/ablation.ts";
import { ablations } from "../faults/ablations/ablations.ts";
import { check, checkScript } from "../render/checkers.ts";

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

describe("ablations, by their checkers", () => {
  it("are scripts for any POSIX shell", () => {
    for (const { remove, restore } of ablations)
      for (const { script, args } of [...remove, ...restore]) {
        const text = script.startsWith("#!/bin/sh\n") ? script : `#!/bin/sh\n${script}\n`;
        assert.deepEqual(checkScript(text), { ok: true, words: "" }, script);
        // One that misses its argument ends there (set -u); one of a line has none.
        assert.equal(args.length > 0, script.includes("$1"), script);
      }
  });

  it("delete a table that was never added, too", () => {
    const { remove, restore } = tableAdded("inet gatebox_ablation", "  chain one {\n  }");
    const steps = [...restore, ...remove, ...restore, ...restore].map(({ script, args }) =>
      [`sh -euc ${quoted(script)} sh`, ...args.map(quoted)].join(" "),
    );
    const script = `set -e\n${steps.join("\n")}\n! nft list table inet gatebox_ablation 2>&1`;
    const said = check("unshare", ["-rn", "sh", "-c", script]);
    assert.ok(said.ok && said.words.includes("No such file"), said.words);
    for (const { restore: own } of ablations)
      for (const { script: text } of own)
        assert.ok(!text.includes("nft delete"), `fails where there is no table: ${text}`);
  });
});
