import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run, type RunResult } from "../../../lab/run.ts";
import { packages, previewText } from "./previews.ts";

const main = path.resolve(import.meta.dirname, "../../../cli/main.ts");

describe("gatebox review", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-review-"));
    writeFileSync(path.join(folder, "preview.json"), previewText(packages("a", [], ["nginx"])));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const review = (...args: string[]): Promise<RunResult> =>
    run(process.execPath, [main, "review", ...args], { cwd: folder, timeoutSeconds: 50 });

  it("writes Markdown to standard output, and the other forms into files", async () => {
    const { code, stdout, stderr } = await review("--preview", "preview.json", "--html", "r.html", "--json", "r.json");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^<!-- gatebox review dev -->\n## Review of <code>dev<\/code>/);
    assert.match(readFileSync(path.join(folder, "r.html"), "utf8"), /^<!doctype html>/);
    assert.deepEqual((JSON.parse(readFileSync(path.join(folder, "r.json"), "utf8")) as { risks: string[] }).risks, ["change", "packages"]); // prettier-ignore
  });

  it("ends with 3 where the change has a risk that it is to fail on, its report written", async () => {
    const { code, stdout, stderr } = await review("--preview", "preview.json", "--format", "json", "--fail-on", "deletion,packages"); // prettier-ignore
    assert.equal(code, 3, stderr);
    assert.equal(stderr, "--fail-on packages: a host gets a package that it was not asked to have\n");
    assert.equal((JSON.parse(stdout) as { form: number }).form, 1);
    assert.equal((await review("--preview", "preview.json", "--fail-on", "deletion")).code, 0);
  });

  it("refuses what is no preview, no file and no risk", async () => {
    writeFileSync(path.join(folder, "none.json"), "oops");
    const none = await review("--preview", "none.json");
    assert.deepEqual([none.code, none.stdout], [1, ""]);
    assert.match(
      none.stderr,
      /^gatebox review: this is not the JSON of a preview; make it with: pulumi preview --json/,
    );
    const absent = await review("--preview", "absent.json");
    assert.equal(absent.code, 1);
    assert.match(absent.stderr, /^gatebox review: .*absent\.json/);
    const unknown = await review("--preview", "preview.json", "--fail-on", "deletions");
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /--fail-on deletions: there is no such risk; choose of change, deletion/);
  });
});
