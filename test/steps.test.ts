import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { plainStages, rootStages } from "./steps.ts";

const project = path.resolve(import.meta.dirname, "..");

/** What takes hours, or a box that nothing else breaks, and is run by hand: the file, and the script of package.json that runs it. */
const runByHand: Readonly<Record<string, string>> = {
  "test/faults/faults.e2e.ts": "test:faults",
  "test/e2e/verify.e2e.ts": "test:verify",
  "test/e2e/removed.e2e.ts": "test:removed",
  "test/e2e/drain.e2e.ts": "test:drain",
  "test/render/drained.root.test.ts": "test:drain",
  "test/faults/alerts.e2e.ts": "test:alerts",
  "test/faults/ablations/ablations.e2e.ts": "test:faults:ablations",
};

/** What of a mocha configuration says which files it runs. */
interface Selection {
  readonly spec: readonly string[];
  readonly ignore?: readonly string[];
}

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(project, file), "utf8"));
const find = (patterns: readonly string[]): string[] => globSync([...patterns], { cwd: project });

function filesOf(configuration: string): string[] {
  const { spec, ignore = [] } = read(configuration) as Selection;
  const ignored = new Set(find(ignore));
  return find(spec).filter((file) => !ignored.has(file));
}

/** The mocha configuration that a command names. */
function configurationOf(command: readonly string[]): string[] {
  const at = command.indexOf("--config");
  return at < 0 ? [] : command.slice(at + 1, at + 2);
}

const steps = rootStages("test").flat(2);
const configurations = steps.flatMap(({ command }) => configurationOf(command));

describe("the steps of the whole run", () => {
  it("run every test file once, but for those that are run by hand", () => {
    const runs = configurations.flatMap(filesOf);
    const times = find(["test/**/*.{test,e2e}.ts"]).map((file) => [file, runs.filter((run) => run === file).length]);
    assert.ok(times.length > 100, `${times.length} files were found`);
    const wrong = times.filter(([file = "", count]) => count !== (Object.hasOwn(runByHand, file) ? 0 : 1));
    assert.deepEqual(wrong, [], "files, and how many steps run them");
  });

  it("are, for root, all that others run and more", () => {
    const names = steps.map(({ name }) => name);
    for (const { name } of plainStages.flat(2)) assert.ok(names.includes(name), name);
  });

  it("have no pattern that finds nothing", () => {
    const patterns = configurations.flatMap((file) => {
      const { spec, ignore = [] } = read(file) as Selection;
      return [...spec, ...ignore].map((pattern) => ({ file, pattern, found: find([pattern]).length }));
    });
    assert.deepEqual(
      patterns.filter(({ found }) => found === 0),
      [],
    );
  });

  it("leave to scripts of the package what is run by hand", () => {
    const { scripts } = read("package.json") as { readonly scripts: Readonly<Record<string, string>> };
    for (const [file, script] of Object.entries(runByHand)) {
      const command = scripts[script] ?? "";
      const files = configurationOf(command.split(" ")).flatMap(filesOf);
      assert.ok(files.includes(file), `${script} does not run ${file}`);
      for (const each of files) assert.equal(runByHand[each], script, each);
    }
  });
});
