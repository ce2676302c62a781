/** The plugin for other languages: what Pulumi makes of it, and what it makes. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { boxOutput } from "../../box/index.ts";
import { ExposedService } from "../../components/index.ts";
import { prepareYamlHost } from "../../lab/toolchain/index.ts";
import { parseProtobox } from "../box/parsing.ts";
import { registrationsOf } from "../components/registrations.ts";
import { engine, ENGINE_SECONDS, type Engine, type Planned } from "../package/engine.ts";
import { installedPackage, PREPARING_SECONDS, project } from "../package/packed.ts";
import { assertGolden } from "../render/golden.ts";

/** The schema of a component, as far as it is looked at here. */
interface Component {
  readonly inputProperties: Readonly<Record<string, { readonly type?: string; readonly $ref?: string }>>;
  readonly requiredInputs: readonly string[];
  readonly properties: object;
}

describe("the plugin for other languages", function () {
  this.timeout((PREPARING_SECONDS + ENGINE_SECONDS) * 1000);
  let root: string;
  let executable: string;
  let pulumi: Engine;
  let component: Component;
  let schema: string;

  before(async () => {
    root = mkdtempSync(path.join(await installedPackage(), "plugin-"));
    cpSync(path.join(project, "plugin"), path.join(root, "plugin"), { recursive: true });
    rmSync(path.join(root, "plugin/node_modules"), { recursive: true, force: true });
    pulumi = await engine();
    // What Pulumi's language host runs a plugin with; the compiler is what the SDK finds beside it.
    executable = path.join(root, "bin/pulumi-resource-gatebox");
    mkdirSync(path.dirname(executable));
    const runner = path.join(root, "../node_modules/@pulumi/pulumi/cmd/run-plugin");
    const lines = ["#!/bin/sh", `cd '${root}/plugin'`, `exec '${process.execPath}' '${runner}' . "$@"`, ""];
    writeFileSync(executable, lines.join("\n"), { mode: 0o755 });
    const { code, stdout, stderr } = await pulumi.pulumi(root, ["package", "get-schema", executable], own());
    assert.equal(code, 0, stderr);
    schema = stdout;
    const { resources } = JSON.parse(schema) as { readonly resources: Readonly<Record<string, Component>> };
    component = resources["gatebox:index:ExposedService"]!;
  });
  after(() => {
    pulumi.remove();
    rmSync(root, { recursive: true, force: true });
  });

  function own(): NodeJS.ProcessEnv {
    const { PATH } = pulumi.env;
    return { NODE_PATH: path.join(project, "node_modules"), PATH: `${path.dirname(executable)}:${PATH ?? ""}` };
  }

  it("has this schema", () => {
    assertGolden("schema.json", schema, import.meta.dirname);
  });

  /** What an example in another language gives to the component. */
  function fits(given: readonly string[]): void {
    const known = Object.keys(component.inputProperties);
    assert.deepEqual(given.filter((name) => !known.includes(name)), []); // prettier-ignore
    assert.deepEqual(component.requiredInputs.filter((name) => !given.includes(name)), []); // prettier-ignore
  }

  it("fits the example in YAML", () => {
    const text = readFileSync(path.join(project, "examples/yaml-service/Pulumi.yaml"), "utf8");
    const { wiki } = (parse(text) as { resources: Record<string, { type: string; properties: object }> }).resources;
    assert.equal(wiki?.type, "gatebox:index:ExposedService");
    fits(Object.keys(wiki.properties));
    for (const [name, value] of Object.entries(wiki.properties))
      assert.equal(typeof value, component.inputProperties[name]?.type, name);
  });

  it("fits the example in Python", () => {
    const text = readFileSync(path.join(project, "examples/python-service/__main__.py"), "utf8");
    const [, call = ""] = /gatebox\.ExposedService\(\n([^]*?)\n\)/.exec(text) ?? [];
    const names = [...call.matchAll(/^ {4}(\w+)=/gm)].map(([, name = ""]) => name);
    assert.ok(names.length > 3);
    fits(names.map((name) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())));
  });

  const app = { port: 30170, namespace: "wiki", targetPort: 8080 };

  /** Checks that a preview brings each host the text that the component of the package would. */
  async function assertMakes(steps: readonly Planned[], project: string, args: object): Promise<void> {
    const program = (): unknown => new ExposedService("wiki", { box: parseProtobox(), app, ...args });
    const found = await registrationsOf("config: {}", program, {}, project);
    const texts = (commands: readonly { readonly name: string; readonly stdin: unknown }[]): object =>
      Object.fromEntries(commands.map(({ name, stdin }) => [name, stdin]));
    const planned = steps.filter(({ newState }) => newState.type === "command:remote:Command");
    assert.deepEqual(
      texts(planned.map(({ newState: { urn, inputs } }) => ({ name: urn.split("::").at(-1) ?? "", stdin: inputs["stdin"] }))), // prettier-ignore
      texts(found.filter(({ type }) => type === "Command").map(({ name, plain }) => ({ name, stdin: plain["stdin"] }))),
    );
    assert.equal(planned.length, 5);
  }

  /** A program that uses the component as one in another language does: by its token, its inputs outputs. */
  function program(inputs: object): string {
    const directory = mkdtempSync(path.join(root, "program-"));
    writeFileSync(path.join(directory, "box.json"), boxOutput(parseProtobox()));
    writeFileSync(path.join(directory, "package.json"), "{}");
    const manifest = { name: "other", main: "index.js", runtime: { name: "nodejs", options: { typescript: false } } };
    writeFileSync(path.join(directory, "Pulumi.yaml"), JSON.stringify(manifest));
    writeFileSync(
      path.join(directory, "index.js"),
      `const pulumi = require("@pulumi/pulumi");
       const box = pulumi.output(require("node:fs").readFileSync("box.json", "utf8"));
       const inputs = { ...${JSON.stringify(inputs)}, box, url: undefined };
       const options = { version: "0.2.0" };
       new pulumi.ComponentResource("gatebox:index:ExposedService", "wiki", inputs, options, true);`,
    );
    return directory;
  }

  const inputs = { port: 30170, namespace: "wiki", targetPort: "8080", options: ["httplog"], location: "/docs/" };

  it("makes on the hosts what the component of the package makes", async () => {
    const steps = await pulumi.preview(program(inputs), "protobox", own());
    await assertMakes(steps, "other", { options: ["httplog"], web: { location: "/docs/" } });
  });

  it("says what the rules of the box say", async () => {
    const directory = program({ ...inputs, port: 30160 });
    await pulumi.pulumi(directory, ["stack", "select", "--create", "taken"]);
    const { code, stdout } = await pulumi.pulumi(directory, ["preview"], own());
    assert.notEqual(code, 0);
    assert.match(stdout, /services\.wiki\.app\.port: 30160 is the port of app "argocd" already: \d+ is free/);
  });

  describe("in a program in YAML", function () {
    // The host for YAML is built once for a machine, in some minutes where nothing of it was built before.
    this.timeout(900_000);
    let directory: string;
    let env: NodeJS.ProcessEnv;

    before(async () => {
      const host = await prepareYamlHost(pulumi);
      const { PATH } = own();
      env = { ...own(), PATH: host === undefined ? PATH : `${host}:${PATH ?? ""}` };
      directory = path.join(root, "examples/yaml-service");
      cpSync(path.join(project, "examples/yaml-service"), directory, { recursive: true });
      // The host for Node of the tests starts no plugin from its folder: it is found in PATH.
      const manifest = path.join(directory, "Pulumi.yaml");
      writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/^packages:\n.*\n/m, ""));
      await exportBox();
    });

    /** A stack of the box as far as others see it: with its output. */
    async function exportBox(): Promise<void> {
      const box = path.join(root, "box");
      mkdirSync(box);
      writeFileSync(path.join(box, "Pulumi.yaml"), JSON.stringify({ name: "gatebox", runtime: "nodejs" }));
      const type = "pulumi:pulumi:Stack";
      const urn = `urn:pulumi:protobox::gatebox::${type}::gatebox-protobox`;
      const stack = { urn, type, custom: false, outputs: { box: boxOutput(parseProtobox()) } };
      const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
      writeFileSync(path.join(box, "state.json"), JSON.stringify({ version: 3, deployment: { manifest, resources: [stack] } })); // prettier-ignore
      for (const args of [
        ["stack", "select", "--create", "organization/gatebox/protobox"],
        ["stack", "import", "--file", "state.json"],
      ]) {
        const { code, stderr } = await pulumi.pulumi(box, args);
        assert.equal(code, 0, stderr);
      }
    }

    it("makes what the component makes, with the box from its stack", async () => {
      const steps = await pulumi.preview(directory, "protobox", env);
      await assertMakes(steps, "yaml-service", { web: { location: "/wiki/", websocket: true } });
      const kinds = steps.map(({ newState }) => newState.type);
      for (const kind of ["gatebox:index:ExposedService", "kubernetes:core/v1:Service"])
        assert.ok(kinds.includes(kind), kind);
    });

    it("is described by `pulumi package add`, by what its SDK is made of", async () => {
      const { stdout, stderr } = await pulumi.pulumi(directory, ["package", "add", executable], env);
      assert.match(stdout, /^Successfully generated an SDK for the gatebox package at /m);
      const text = readFileSync(path.join(directory, "sdks/gatebox/gatebox-0.2.0.yaml"), "utf8");
      const { name, version } = parse(text) as { readonly name: string; readonly version: string };
      assert.deepEqual([name, version], ["gatebox", "0.2.0"]);
      // Hosts for YAML up to 1.25 have nothing to link it with, and need not: the program names the plugin itself.
      if (!stderr.includes("Added package gatebox"))
        assert.match(stderr, /linking package: method Link not implemented/);
    });
  });
});
