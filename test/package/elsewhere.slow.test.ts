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

  /** Writes a project that uses the packages installed above it, with a compiler of its own. */
  function write(name: string, files: Project, compiler?: string): string {
    const directory = path.join(root, name);
    mkdirSync(directory);
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(directory, file), text);
    // The SDK takes the compiler that is installed beside it.
    const beside = path.join(installed, "node_modules/typescript");
    rmSync(beside, { force: true });
    if (compiler !== undefined) symlinkSync(path.join(project, "node_modules", compiler), beside);
    return directory;
  }

  /** The kinds of resources that the engine would make. */
  async function previewed(directory: string): Promise<readonly string[]> {
    const steps = await pulumi.preview(directory, "dev");
    return [...new Set(steps.map(({ newState }) => newState.type.split(":").at(-1) ?? ""))];
  }

  const kinds = ["Stack", "NatGateway", "HostRuntime", "Command", "HostFirewall", "HostPackages", "HostUnit"];

  const compiled = [
    { title: "last year's template, TypeScript 5.9", files: lastYear, compiler: "typescript-5.9" },
    { title: "this year's template, TypeScript 5.9", files: thisYear, compiler: "typescript-5.9" },
    { title: "this year's template, TypeScript 6", files: thisYear, compiler: "typescript" },
  ];
  for (const { title, files, compiler } of compiled) {
    it(`${title}: compiles, and its mistakes are found`, async () => {
      const mistaken = (files["index.ts"] ?? "").replace("snatAddress:", "snatAdress:");
      const directory = write(`compiled-${compiled.findIndex((one) => one.title === title)}`, files, compiler);
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
    { title: "last year's template, TypeScript 5.9", files: lastYear, compiler: "typescript-5.9" },
    { title: "this year's template, TypeScript 6", files: thisYear, compiler: "typescript" },
    { title: "JavaScript that imports", files: importing },
    { title: "JavaScript that requires", files: requiring },
  ];
  for (const { title, files, compiler } of started) {
    it(`${title}: the engine previews what it makes`, async () => {
      const found = await previewed(
        write(`started-${started.findIndex((one) => one.title === title)}`, files, compiler),
      );
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
