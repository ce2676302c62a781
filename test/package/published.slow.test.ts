import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { formatMessage } from "publint/utils";
import { publint } from "publint";
import { exposeService, writtenBox } from "../../box/index.ts";
import * as components from "../../components/index.ts";
import { runtimeText } from "../../host/runtimeText.ts";
import { registry } from "../../render/registry.ts";
import { parseProtobox } from "../box/parsing.ts";
import { protoboxText } from "../box/protobox.ts";
import { packedPackage, project } from "./packed.ts";

/** A program of another project, as the documentation of `ExposedService` shows it. */
const consumer = `
import { boxFromStack, ExposedService } from "gatebox";
import type { Output } from "@pulumi/pulumi";

const box = await boxFromStack("organization/gatebox/protobox");

export const url: Output<string> = new ExposedService("wiki", {
  box,
  app: { port: 30170, namespace: "wiki", targetPort: 8080 },
  options: ["httplog"],
  web: { location: "/wiki/", websocket: true },
}).url;
`;

const consumerOptions = {
  module: "nodenext",
  target: "es2022",
  lib: ["es2022"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

/** Compiling against the Kubernetes types takes ten seconds, several times that on a machine busy with a whole lab. */
const SECONDS = 120;

/** Both sides of a project that has installed the package, from its archive, into a directory of its own. */
describe("the published package", function () {
  this.timeout(3 * SECONDS * 1000);
  const other = mkdtempSync(path.join(tmpdir(), "gatebox-package-"));
  const installed = path.join(other, "node_modules", "gatebox");

  function run(command: string, args: readonly string[], cwd = other): string {
    return execFileSync(command, args, {
      cwd,
      encoding: "utf8",
      timeout: SECONDS * 1000,
      stdio: "pipe",
      maxBuffer: 2 ** 26,
    });
  }
  const node = (script: string): unknown =>
    JSON.parse(run(process.execPath, ["--no-strip-types", "--input-type=module", "-e", script]));

  let archive = "";

  before(async () => {
    archive = await packedPackage();
    mkdirSync(installed, { recursive: true });
    run("tar", ["-xzf", archive, "-C", installed, "--strip-components=1"]);
    for (const name of [
      "@noble",
      "@pulumi",
      "ssh2",
      "zod",
      "ipaddr.js",
      "@types",
      "yargs",
      "yaml",
      "diff",
      "tldts",
      "tldts-core",
    ]) {
      symlinkSync(path.join(project, "node_modules", name), path.join(other, "node_modules", name));
    }
    writeFileSync(path.join(other, "package.json"), JSON.stringify({ type: "module" }));
  });
  after(() => rmSync(other, { recursive: true, force: true }));

  it("is what publint calls sound", async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, strict: true, pack: false });
    assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []); // prettier-ignore
  });

  it("has types that lead where its modules lead, for every way to resolve them", () => {
    const command = path.join(project, "node_modules/@arethetypeswrong/cli/dist/index.js");
    const answer = run(process.execPath, [command, archive, "--format", "json", "--no-definitely-typed"]);
    const { analysis } = JSON.parse(answer) as { analysis: { types: unknown; problems: unknown; entrypoints: object } };
    assert.deepEqual([analysis.types, analysis.problems], [{ kind: "included" }, []]);
    assert.deepEqual(Object.keys(analysis.entrypoints), [".", "./package.json"]);
  });

  it("depends on what it imports, and on nothing else", () => {
    const texts = globSync("dist/**/*.{js,cjs}", { cwd: installed }).map((file) => readFileSync(path.join(installed, file), "utf8")); // prettier-ignore
    const imported = texts.flatMap((text) => [...text.matchAll(/^(?:import|export) .*?from "((?:@[^/"]+\/)?[^./"][^/":]*)(?:\/[^"]*)?";$/gm)].map(([, name]) => name)); // prettier-ignore
    // What is optional, or dear to load, is asked for when it is needed.
    const asked = texts.flatMap((text) => [...text.matchAll(/(?:createRequire\(import\.meta\.url\)|\bimport)\("((?:@[^/"]+\/)?[^./"][^/":]*)(?:\/[^"]*)?"\)/g)].map(([, name]) => name)); // prettier-ignore
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8")) as Record<string, object>; // prettier-ignore
    assert.deepEqual(
      [...new Set([...imported, ...asked])].sort(),
      Object.keys({ ...dependencies, ...peerDependencies }).sort(),
    );
  });

  it("brings its schema, its changes, its license and the sources that its declarations come from", () => {
    for (const name of ["Pulumi.schema.json", "CHANGELOG.md", "README.md", "LICENSE"])
      assert.ok(existsSync(path.join(installed, name)), name);
    const maps = globSync("dist/**/*.d.ts.map", { cwd: installed });
    assert.ok(maps.length > 100, `${maps.length} maps`);
    const missing = maps.flatMap((map) => {
      const { sources } = JSON.parse(readFileSync(path.join(installed, map), "utf8")) as { sources: string[] };
      return sources.filter((source) => !existsSync(path.join(installed, path.dirname(map), source)));
    });
    assert.deepEqual(missing, []);
  });

  const loading = {
    import: 'await import("gatebox")',
    require: 'require("gatebox")',
    "its command": 'await import("./node_modules/gatebox/dist/gatebox.js")',
  };
  for (const [how, load] of Object.entries(loading)) {
    it(`${how} ends with one sentence where Node is too old`, () => {
      const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.17.9' } });";
      const type = how === "require" ? "commonjs" : "module";
      assert.throws(
        () => run(process.execPath, [`--input-type=${type}`, "-e", `${older} ${load}`]),
        ({ stderr }: { stderr: string }) => {
          assert.match(stderr, /Gatebox needs Node 22\.18 or later, and this is Node 22\.17\.9\./);
          assert.doesNotMatch(stderr, /^ +at /m);
          return true;
        },
      );
    });
  }

  it("is required by its name, the very modules that are imported", () => {
    const same = `const { createRequire } = await import("node:module");
      const required = createRequire(process.cwd() + "/x.cjs")("gatebox");
      const imported = await import("gatebox");
      console.log(JSON.stringify(Object.keys(imported).filter((name) => imported[name] === required[name])))`;
    assert.deepEqual(node(same), Object.keys(components));
  });

  it("is imported by its name, without type stripping", () => {
    const names = node(`console.log(JSON.stringify(Object.keys(await import("gatebox"))))`);
    assert.deepEqual(names, Object.keys(components));
  });

  it("brings the runtime of the hosts along", () => {
    const file = path.join(installed, "dist/host/runtimeText.js");
    assert.equal(
      node(`import { runtimeText } from ${JSON.stringify(file)}; console.log(JSON.stringify(runtimeText()))`),
      runtimeText(),
    );
  });

  it("brings the scripts of all assemblies along", () => {
    const box = parseProtobox();
    const texts = Object.values(box.hosts).map((host) =>
      registry.assembliesOf(box, host).flatMap((assembly) => assembly.files(box, host, registry)),
    );
    const file = path.join(installed, "dist/render/registry.js");
    const inputs = path.join(other, "box.json");
    writeFileSync(inputs, JSON.stringify(box));
    const program = `import { registry } from ${JSON.stringify(file)}; import { readFileSync } from "node:fs";
      const box = JSON.parse(readFileSync(${JSON.stringify(inputs)}, "utf8"));
      console.log(JSON.stringify(Object.values(box.hosts).map((host) =>
        registry.assembliesOf(box, host).flatMap((assembly) => assembly.files(box, host, registry)))))`;
    assert.deepEqual(node(program), texts);
  });

  it("brings the command gatebox along", () => {
    const { bin } = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
    const command = path.join(installed, bin.gatebox);
    const stackFile = path.join(other, "Pulumi.mine.yaml");
    writeFileSync(stackFile, protoboxText);
    assert.equal(run(process.execPath, ["--no-strip-types", command, "check", stackFile]), "");
    assert.match(run(process.execPath, ["--no-strip-types", command, "--help"]), /gatebox render <file>/);
    run(process.execPath, ["--no-strip-types", command, "render", stackFile, "--out", path.join(other, "rendered")]);
    assert.ok(existsSync(path.join(other, "rendered/gateway-1/gateway/lifecycle/check")));
  });

  it("makes the same service out of the same words", () => {
    const box = parseProtobox();
    const declaration = { app: { port: 30170, namespace: "wiki" } };
    const call = `exposeService(readBox(${JSON.stringify(writtenBox(box))}), "wiki", ${JSON.stringify(declaration)})`;
    assert.deepEqual(
      node(`import { exposeService, readBox } from "gatebox"; console.log(JSON.stringify(${call}))`),
      exposeService(box, "wiki", declaration),
    );
  });

  it("has types that a strict program of another project passes, and that find its mistakes", () => {
    writeFileSync(path.join(other, "tsconfig.json"), JSON.stringify({ compilerOptions: consumerOptions }));
    writeFileSync(path.join(other, "sound.ts"), consumer);
    writeFileSync(path.join(other, "mistaken.ts"), consumer.replace("targetPort", "targetPorts"));
    assert.throws(
      () => run(process.execPath, [path.join(project, "node_modules/typescript/bin/tsc"), "-p", other]),
      ({ stdout }: { stdout: string }) => {
        assert.match(stdout, /^mistaken\.ts.*'targetPorts' does not exist.*\n$/);
        return true;
      },
    );
  });
});
