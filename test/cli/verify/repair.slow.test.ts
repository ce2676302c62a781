/** The command lines of `gatebox verify --repair`, with the real engine and the whole Protobox. */
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openStack, type LabStack } from "../../../lab/stack.ts";
import { prepareToolchain } from "../../../lab/toolchain/index.ts";
import type { Drift } from "../../../cli/verify/drift.ts";
import { noServices } from "../../../cli/verify/services.ts";
import { repairsOf } from "../../../cli/verify/repair.ts";
import { protoboxKnownHosts, wholeProtoboxText } from "../../box/protobox.ts";
import { scratchHome, type ScratchHome } from "../../lab/scratchHome.ts";
import { appliedState } from "../review/appliedState.ts";

/** What a preview says of one resource. */
interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: { readonly inputs?: { readonly create?: unknown } };
}

function changedCommands(steps: readonly Step[]): readonly Step[] {
  return steps.filter(({ op, urn }) => op !== "same" && urn.includes("command:remote:Command"));
}

describe("gatebox verify --repair, with the real engine", function () {
  // Three previews of the whole program and a few starts of the engine: two minutes, and eight beside a lab that comes up.
  this.timeout(1_200_000);
  let home: ScratchHome;
  let stack: LabStack;
  const password = "  gatebox:registryPasswords: { registry.protobox: correct-horse-battery }\n";

  before(async () => {
    home = await scratchHome();
    const toolchain = await prepareToolchain({ kubernetes: false });
    const configuration = `${wholeProtoboxText.trimEnd()}\n${password}`;
    stack = await openStack(home, toolchain, { name: "protobox", configuration });
    writeFileSync(path.join(home.directory, "known_hosts"), protoboxKnownHosts());
    const plan = path.join(home.directory, "plan.json");
    const steps = await previewed("--save-plan", plan);
    const salt = /^encryptionsalt: (.*)$/m.exec(stackFile())?.[1] ?? "";
    const state = appliedState(
      steps as unknown as Parameters<typeof appliedState>[0],
      JSON.parse(readFileSync(plan, "utf8")) as Parameters<typeof appliedState>[1],
      salt,
    );
    const file = path.join(home.directory, "state.json");
    writeFileSync(file, JSON.stringify(state));
    await pulumi("stack", "import", "--file", file);
  });
  after(() => rmSync(home.directory, { recursive: true, force: true }));

  const stackFile = (): string => readFileSync(path.join(stack.directory, "Pulumi.protobox.yaml"), "utf8");

  async function pulumi(...args: string[]): Promise<string> {
    const env = {
      GATEBOX_KNOWN_HOSTS: path.join(home.directory, "known_hosts"),
      KUBECONFIG: path.join(home.directory, "no-kubeconfig"),
    };
    const { code, stdout, stderr } = await stack.pulumi(args, { env });
    assert.equal(code, 0, stderr + stdout.slice(-3000));
    return stdout;
  }
  async function previewed(...more: string[]): Promise<readonly Step[]> {
    const text = await pulumi("preview", "--json", "--show-sames", ...more);
    return (JSON.parse(text.slice(text.indexOf("{"))) as { steps: readonly Step[] }).steps;
  }

  it("has the next up run the commands of those units again, and nothing else", async () => {
    // What depends on a value that only an up knows is told as changed already.
    const before = new Set(changedCommands(await previewed()).map(({ urn }) => urn));
    const drift: Drift = { kind: "file", assembly: "gateway", unit: "protobox.pool", where: "x", problem: "content", detail: "", diff: [] }; // prettier-ignore
    const hosts = [
      { host: "gateway-2", drifts: [drift], unknown: [] },
      { host: "webserver-1", drifts: [{ ...drift, kind: "rules", assembly: "firewall", unit: "" }], unknown: [] },
    ];
    const { commands } = repairsOf(
      { box: "protobox", hosts, virtualIps: [], services: noServices },
      { stack: "protobox", project: "gatebox" },
      "at-2026-12-01T01:00:00Z",
    );
    for (const command of commands) {
      // As a shell takes its words.
      const [, ...words] = command.match(/'[^']*'|\S+/g) ?? [];
      await pulumi(...words.map((word) => word.replace(/^'(.*)'$/, "$1")));
      await stack.configure(stackFile());
    }
    const commandsRun = changedCommands(await previewed()).filter(({ urn }) => !before.has(urn));
    assert.deepEqual(
      commandsRun.map(({ op, urn }) => [op, urn.split("::").at(-1)]).sort(),
      [
        ["update", "gateways-gateway-2-gateway-protobox.pool"],
        ["update", "firewall-webserver-1-firewall-protobox.pool"],
      ].sort(),
    );
    for (const { newState } of commandsRun)
      assert.match(String(newState?.inputs?.create), /unit\.sh apply anew # repair at-2026-12-01T01:00:00Z$/);
  });
});
