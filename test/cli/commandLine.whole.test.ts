import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { commandLine } from "../../cli/commandLine.ts";
import { commands } from "../../cli/commands.ts";
import { protoboxText } from "../box/protobox.ts";
import { said } from "./said.ts";

const main = path.join(import.meta.dirname, "../../cli/main.ts");

describe("gatebox", function () {
  // A start of Node and a second's work: more than 15 s were seen on a machine that is busy.
  this.timeout(70_000);
  let scratch: string;
  before(() => {
    scratch = mkdtempSync(path.join(tmpdir(), "gatebox-cli-"));
    writeFileSync(path.join(scratch, "Pulumi.mine.yaml"), protoboxText);
    writeFileSync(path.join(scratch, "Pulumi.bad.yaml"), protoboxText.replace("port: 30163", "port: 30160"));
  });
  after(() => rmSync(scratch, { recursive: true }));

  /** A call in this process: what takes a process of its own takes half a second. */
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = scratch) =>
    said(() => commandLine(args, commands), { env: { npm_command: undefined, ...env }, cwd });

  /** The same as a person starts it. */
  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = scratch) => {
    const own = { ...process.env, npm_command: undefined, ...env };
    const options = { cwd, env: own, encoding: "utf8", timeout: 60_000 } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
    return { status, stdout, stderr };
  };

  it("checks files: 0 without mistakes, 1 with some", async () => {
    const fine = { status: 0, stdout: "", stderr: "1 stack file: no mistakes\n" };
    assert.deepEqual(await run(["check", "Pulumi.mine.yaml"]), fine);
    assert.deepEqual(start(["check", "Pulumi.mine.yaml"]), fine);
    const { status, stdout, stderr } = start(["check", "Pulumi.mine.yaml", "Pulumi.bad.yaml", "gone.yaml"]);
    assert.equal(status, 1);
    assert.match(
      stdout,
      /^Pulumi\.bad\.yaml:\d+:\d+: apps\.kibana\.port: 30160 .*\ngone\.yaml:1:1: cannot be read: there is no such file\n$/,
    );
    assert.equal(stderr, "3 stack files: 2 mistakes\n");
  });

  it("checks in JSON", async () => {
    const { status, stdout } = await run(["check", "--json", "Pulumi.bad.yaml"]);
    const [mistake, ...more] = JSON.parse(stdout);
    assert.deepEqual([status, more], [1, []]);
    assert.deepEqual(Object.keys(mistake).sort(), ["column", "file", "line", "message", "path", "severity"]);
    assert.equal(mistake.path, "apps.kibana.port");
  });

  it("says with --help what each command is for, and what exit statuses mean", async () => {
    const { status, stdout } = await run(["--help"]);
    assert.equal(status, 0);
    for (const word of ["init", "import", "check", "render", "picture", "doctor", "schema", "completion"])
      assert.match(stdout, new RegExp(`gatebox ${word}\\b`));
    assert.match(stdout, /Exit status: 0 when all is well .* 1 when mistakes .*\s2 for a command line/s);
    assert.match((await run(["render", "--help"])).stdout, /--against.*Exit status: 0/s);
  });

  it("prints completion scripts", async () => {
    assert.match((await run(["completion"], { SHELL: "/bin/bash" })).stdout, /complete .*gatebox/);
    assert.match(start(["completion"], { SHELL: "/bin/zsh" }).stdout, /#compdef gatebox/);
  });

  const misunderstood: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [[], /Name a command\.\n$/],
    [["chekc", "x"], /Did you mean check\?|Unknown/],
    [["check"], /Not enough non-option arguments/],
    [["check", "x", "--jsno"], /Unknown argument: jsno/],
    [["render", "Pulumi.mine.yaml"], /Give one of --out and --against\.\n$/],
    [["verify"], /Give a stack file or --stack\.\n$/],
    [["verify", "Pulumi.mine.yaml", "-s", "mine"], /Give a stack file or --stack\.\n$/],
    [["verify", "-s", "../x"], /"\.\.\/x" is not the name of a stack/],
    [["import", "hosts.yml"], /Missing required argument: name/],
    [["import", "--name", "../x", "hosts.yml"], /"\.\.\/x" is not the name of a stack/],
    [["init", "mine"], /There is no terminal to ask on/],
  ];
  for (const [args, says] of misunderstood) {
    it(`ends with 2 and its help for: ${args.join(" ")}`, async () => {
      // Whether there is a terminal is what a process shows.
      const { status, stdout, stderr } = args[0] === "init" ? start(args) : await run(args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, says);
      assert.match(stderr, /--help/);
    });
  }

  it("is called where the person is, also by npm", async () => {
    const inventory = path.join(import.meta.dirname, "import/inventory");
    const npm = { npm_command: "run-script", npm_package_name: "gatebox", INIT_CWD: scratch };
    const { status, stdout, stderr } = start(["import", "--name", "old", inventory], npm, "/");
    assert.deepEqual([status, stdout], [0, ""]);
    assert.match(stderr, /Pulumi\.old\.yaml is written\. Next: .*TO-FILL-IN.*`pulumi stack init old`.*\n$/s);
    assert.equal((await run(["check", "Pulumi.old.yaml"], npm, "/")).status, 0);
    copyFileSync(path.join(scratch, "Pulumi.mine.yaml"), path.join(scratch, "Pulumi.other.yaml"));
    assert.match((await run(["picture", "--request", "Pulumi.other.yaml"])).stdout, /^<svg .*<\/svg>\n$/s);
  });

  it("prints the schema", async () => {
    assert.equal(JSON.parse((await run(["schema"])).stdout).title, "A box, as a stack of Gatebox");
  });
});
