/** A unit that becomes a secret, or no longer is one, by the real engine: on its host it is the same, and must not be taken away. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openStack, type LabStack } from "../../lab/stack.ts";
import { prepareToolchain } from "../../lab/toolchain/index.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { scratchHome, type ScratchHome } from "../lab/scratchHome.ts";

/** A resource as `pulumi preview --json` shows it. */
interface Shown {
  readonly urn: string;
  readonly type: string;
}

/** What it says that would be done to one. */
interface Planned {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: Shown;
  readonly newState?: Shown;
}

/** What makes a unit a component with a command in it, and what leaves it a command alone. */
const forms = { shown: {}, secret: { secret: "true" }, "from another resource": { later: "true" } } as const;
type Form = keyof typeof forms;

const changes: readonly (readonly [Form, Form])[] = [
  ["shown", "secret"],
  ["secret", "shown"],
  ["shown", "from another resource"],
  ["from another resource", "shown"],
];

const isCommand = ({ urn }: { readonly urn: string }): boolean => urn.includes("command:remote:Command::");
const isUnit = ({ urn }: { readonly urn: string }): boolean => urn.includes("$gatebox:index:HostUnit::");

/** A command that ran. A preview tells of no secret, and names a provider that there is not yet. */
function done(command: Shown): object {
  const inputs = { connection: { host: "192.168.1.11", user: "root" }, create: "true", stdin: "" };
  const outputs = { ...inputs, stdout: "", stderr: "" };
  return { ...command, provider: undefined, id: "command", inputs, outputs };
}

describe("a unit of a state", function () {
  // Some seconds for each preview on two busy cores.
  this.timeout(300_000);
  let home: ScratchHome;
  let stack: LabStack;

  before(async () => {
    home = await scratchHome();
    stack = await openStack(home, await prepareToolchain({ kubernetes: false }), {
      name: "secret",
      program: path.join(import.meta.dirname, "programs/secret"),
      configuration: configured("shown"),
    });
  });
  after(() => rmSync(home.directory, { recursive: true, force: true }));

  const configured = (form: Form): string =>
    Object.entries({ hostKey: hostKeyFor("any"), ...forms[form] })
      .map(([key, value]) => `  secret:${key}: "${value}"\n`)
      .reduce((text, line) => text + line, "config:\n");

  async function planned(form: Form): Promise<readonly Planned[]> {
    await stack.configure(configured(form));
    const { code, stdout, stderr } = await stack.pulumi(["preview", "--json"]);
    assert.equal(code, 0, stdout.slice(-2000) + stderr.slice(-2000));
    return (JSON.parse(stdout.slice(stdout.indexOf("{"))) as { readonly steps: readonly Planned[] }).steps;
  }

  /** The state that an `up` of a form would have left. */
  async function inState(resources: readonly Shown[]): Promise<void> {
    const file = path.join(home.directory, "state.json");
    const made = resources.map((resource) => (isCommand(resource) ? done(resource) : resource));
    writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest: {}, resources: made } }));
    const { code, stderr } = await stack.pulumi(["stack", "import", "--file", file]);
    assert.equal(code, 0, stderr);
  }

  for (const [before, now] of changes) {
    it(`that was ${before} and is ${now} keeps its command`, async () => {
      await inState([]);
      const first = await planned(before);
      await inState(first.flatMap(({ newState }) => (newState === undefined ? [] : [newState])));

      const steps = await planned(now);
      const [command, ...others] = steps.filter(isCommand);
      assert.deepEqual(others, [], "one command, under one name");
      assert.ok(command?.op === "same" || command?.op === "update", `the command: ${command?.op}`);
      assert.ok(command.oldState !== undefined && command.oldState.urn !== command.newState?.urn);
      assert.deepEqual(
        steps.filter(isUnit).map(({ op }) => op),
        [before === "shown" ? "create" : "delete"],
      );
    });
  }
});
