import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";

const project = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(project, file), "utf8");

/** A program that the README shows whole: the line above it names the file. */
const shown = /^<!-- (examples\/\S+) -->\n\n```\w+\n([^]*?)^```$/gm;

describe("the programs in the README", () => {
  const programs = [...read("README.md").matchAll(shown)].map(([, file = "", text = ""]) => ({ file, text }));

  it("are examples that are tested, word for word", () => {
    const files = programs.map(({ file }) => file).sort();
    assert.deepEqual(files, ["examples/nat-pair/index.ts", "examples/service-from-another-stack/index.ts"]);
    for (const { file, text } of programs) assert.equal(text, read(file), file);
  });
});
