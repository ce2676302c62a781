/** Options of Pulumi on components, by the real engine: mocks run no transforms, and know neither providers nor protection. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { openStack } from "../../lab/stack.ts";
import { prepareToolchain } from "../../lab/toolchain/index.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { scratchHome, type ScratchHome } from "../lab/scratchHome.ts";

/** What the engine would make of a resource. */
interface Made {
  readonly urn: string;
  readonly type: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly provider?: string;
  readonly dependencies?: readonly string[];
  readonly aliases?: readonly string[];
  readonly inputs?: Readonly<Record<string, unknown>>;
}

describe("options of Pulumi on components", function () {
  // One start of the engine and of a program, some seconds on two busy cores.
  this.timeout(300_000);
  let home: ScratchHome;
  let made: readonly Made[];

  before(async () => {
    home = await scratchHome();
    const program = path.join(import.meta.dirname, "programs/options");
    const configuration = `config:\n  options:hostKey: ${hostKeyFor("any")}\n`;
    const stack = await openStack(home, await prepareToolchain({ kubernetes: false }), {
      name: "options",
      program,
      configuration,
    });
    const { code, stdout, stderr } = await stack.pulumi(["preview", "--json"]);
    assert.equal(code, 0, stdout.slice(-2000) + stderr.slice(-2000));
    const { steps } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
      readonly steps: readonly { newState: Made }[];
    };
    made = steps.map(({ newState }) => newState);
  });
  after(() => rmSync(home.directory, { recursive: true, force: true }));

  const below = (type: string): readonly Made[] => made.filter(({ urn }) => urn.includes(`gatebox:index:${type}`));

  it("protect is that of everything below", () => {
    assert.ok(below("GatewayPool").length > 5);
    for (const { urn, protect } of below("GatewayPool")) assert.equal(protect, true, urn);
    for (const { urn, protect } of below("WebserverPool")) assert.notEqual(protect, true, urn);
  });

  it("dependsOn waits, also as an output of a promise of a list", () => {
    const gateway = made.find(({ urn }) => /GatewayPool.*Command::gateways-gateway-1-gateway-.*\.pool$/.test(urn));
    assert.ok(gateway);
    const commands = below("WebserverPool").filter(({ type }) => type === "command:remote:Command");
    assert.ok(commands.length > 3);
    for (const { urn, dependencies } of commands) assert.ok(dependencies?.includes(gateway.urn), urn);
  });

  it("transforms change everything below", () => {
    const commands = below("ExposedService").filter(({ type }) => type === "command:remote:Command");
    assert.equal(commands.length, 2);
    for (const { urn, retainOnDelete } of commands) assert.equal(retainOnDelete, true, urn);
  });

  it("an explicit provider is that of the Service", () => {
    const service = made.find(({ type }) => type === "kubernetes:core/v1:Service");
    assert.match(service?.provider ?? "", /::cluster::/);
  });

  it("inputs of components say what they are: a reviewer and a policy see the port", () => {
    const [component] = made.filter(({ type }) => type === "gatebox:index:ExposedService");
    assert.deepEqual([component?.inputs?.["port"], component?.inputs?.["location"]], [30170, "/wiki/"]);
  });
});
