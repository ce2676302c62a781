/** The package installed into other projects, as their programs find it. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run, runChecked } from "../../lab/run.ts";
import { engine, ENGINE_SECONDS, type Engine } from "./engine.ts";
import { installedPackage, PREPARING_SECONDS, project } from "./packed.ts";
import { importing, lastYear, requiring, thisYear, type Project } from "./programs.ts";

describe("a project that has installed the package", function () {
  this.timeout((PREPARING_SECONDS + ENGINE_SECONDS) * 1000);
  let installed: string;
  let root: string;
  let pulumi: Engine;

  before(async () => {
    installed = await installedPackage();
    root = mkdtempSync(path.join(installed, "elsewhere-"));
    pulumi = await engine();
  });
  after(() => {
    pulumi.remove();
    rmSync(root, { recursive: true, force: true });
  });

  /** Writes a project that uses the packages installed above it. */
  function write(name: string, files: Project): string {
    const directory = path.join(root, name);
    mkdirSync(directory);
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(directory, file), text);
    return directory;
  }

  /** The kinds of resources that the engine would make. The SDK compiles the program where it finds a compiler. */
  async function previewed(directory: string, compiler?: string): Promise<readonly string[]> {
    const beside = path.join(directory, "compilers");
    mkdirSync(beside);
    if (compiler !== undefined)
      symlinkSync(path.join(project, "node_modules", compiler), path.join(beside, "typescript"));
    const steps = await pulumi.preview(directory, "dev", { NODE_PATH: beside });
    return [...new Set(steps.map(({ newState }) => newState.type.split(":").at(-1) ?? ""))];
  }

  const kinds = ["Stack", "NatGateway", "HostRuntime", "Command", "HostFirewall", "HostPackages"];

  const compiled = [
    {
      name: "last-year-5.9",
      title: "last year's template, TypeScript 5.9",
      files: lastYear,
      compiler: "typescript-5.9",
    },
    {
      name: "this-year-5.9",
      title: "this year's template, TypeScript 5.9",
      files: thisYear,
      compiler: "typescript-5.9",
    },
    { name: "this-year-6", title: "this year's template, TypeScript 6", files: thisYear, compiler: "typescript" },
  ];
  for (const { name, title, files, compiler } of compiled) {
    it(`${title}: compiles, and its mistakes are found`, async () => {
      const directory = write(`compiled-${name}`, files);
      const mistaken = (files["index.ts"] ?? "").replace("snatAddress:", "snatAdress:");
      writeFileSync(path.join(directory, "mistaken.ts"), mistaken);
      const settings = path.join(directory, "tsconfig.json");
      writeFileSync(settings, readFileSync(settings, "utf8").replace('"index.ts"', '"index.ts", "mistaken.ts"'));
      const tsc = path.join(project, "node_modules", compiler, "bin/tsc");
      const args = [tsc, "--noEmit", "--pretty", "false"];
      const { stdout } = await run(process.execPath, args, { cwd: directory, timeoutSeconds: ENGINE_SECONDS });
      assert.match(stdout, /^mistaken\.ts\(\d+,\d+\): error TS\d+: .*'snatAdress'.*\n$/);
    });
  }

  const started = [
    ...compiled.filter(({ name }) => name !== "this-year-5.9"),
    { name: "importing", title: "JavaScript that imports", files: importing, compiler: undefined },
    { name: "requiring", title: "JavaScript that requires", files: requiring, compiler: undefined },
  ];
  for (const { name, title, files, compiler } of started) {
    it(`${title}: the engine previews what it makes`, async () => {
      const found = await previewed(write(`started-${name}`, files), compiler);
      assert.deepEqual([...found].sort(), [...kinds].sort());
    });
  }

  const withMocks = `
    const pulumi = require("@pulumi/pulumi");
    const made = [];
    const newResource = ({ type, name, inputs }) => (made.push(type.split(":").at(-1)), { id: name, state: inputs });
    const mocks = { newResource, call: ({ inputs }) => inputs };
    void pulumi.runtime.setMocks(mocks).then(async () => {
      await import("./index.js");
      await pulumi.runtime.waitForRPCs();
      console.log(JSON.stringify([...new Set(made)]));
    });`;
  for (const [name, files] of Object.entries({ importing, requiring })) {
    it(`JavaScript, ${name}: runs with mocks`, async () => {
      const directory = write(`mocked-${name}`, files);
      writeFileSync(path.join(directory, "mocked.cjs"), withMocks);
      const { stdout } = await runChecked("run with mocks", process.execPath, ["mocked.cjs"], { cwd: directory });
      assert.deepEqual((JSON.parse(stdout) as string[]).sort(), kinds.filter((kind) => kind !== "Stack").sort());
    });
  }
});
