/** A box that an earlier version has made, previewed with this one by the real engine: nothing may go, or come twice. */
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openStack, type LabStack } from "../../lab/stack.ts";
import { prepareToolchain } from "../../lab/toolchain/index.ts";
import { protoboxKnownHosts, protoboxText } from "../box/protobox.ts";
import { scratchHome, type ScratchHome } from "../lab/scratchHome.ts";

/** A resource of the exported state, as far as it was kept. */
interface Kept {
  readonly urn: string;
  readonly type: string;
  readonly host?: string;
  readonly inputs?: object;
}

/** What `pulumi preview --json` says that it would do to a resource. */
interface Planned {
  readonly op: string;
  readonly urn: string;
}

const state = JSON.parse(readFileSync(path.join(import.meta.dirname, "states/protobox.json"), "utf8")) as {
  readonly resources: readonly Kept[];
};

/** Components that came later, and come beside what there is. */
const later: readonly string[] = ["HostMetrics", "Monitoring", "BoxDns", "Tools", "ConsulCluster"].map(
  (name) => `gatebox:index:${name}`,
);

/**
 * The packages of a host are one list now: those that components had leave the state. Nothing on a host goes with them, for such a
 * command never had one to delete with.
 */
const ofPackages = ({ urn }: { readonly urn: string }): boolean => urn.includes("gatebox:index:HostPackages");

/**
 * A unit that anybody may see is a command alone now: the component that was around it leaves the state, which is no resource on a host.
 */
const aroundUnit = ({ op, urn }: Planned): boolean =>
  op === "delete" && urn.split("::")[2]?.split("$").at(-1) === "gatebox:index:HostUnit";

/** A deployment that the engine imports: what was left out of a command is filled in, and will show as a change. */
function deployment(): string {
  const resources = state.resources.map(({ host, ...kept }) =>
    kept.type === "command:remote:Command"
      ? { ...kept, inputs: command(host ?? ""), outputs: { ...command(host ?? ""), stdout: "", stderr: "" } }
      : { inputs: {}, ...kept },
  );
  return JSON.stringify({ version: 3, deployment: { manifest: {}, resources } });
}

const command = (host: string) => ({ connection: { host, user: "root" }, create: "true", stdin: "" });

describe("a state of an earlier version", function () {
  // Three starts of the engine and one of the program, each some seconds on two busy cores.
  this.timeout(300_000);
  let home: ScratchHome;
  let stack: LabStack;

  before(async () => {
    home = await scratchHome();
    stack = await openStack(home, await prepareToolchain({ kubernetes: false }), {
      name: "protobox",
      configuration: protoboxText,
    });
    const file = path.join(home.directory, "state.json");
    writeFileSync(file, deployment());
    const { code, stderr } = await stack.pulumi(["stack", "import", "--file", file]);
    assert.equal(code, 0, stderr);
  });
  after(() => rmSync(home.directory, { recursive: true, force: true }));

  it("keeps every resource: what has a new name is found by the old one", async () => {
    const knownHosts = path.join(home.directory, "known_hosts");
    writeFileSync(knownHosts, protoboxKnownHosts());
    const env = { GATEBOX_KNOWN_HOSTS: knownHosts, KUBECONFIG: path.join(home.directory, "no-kubeconfig") };
    const { code, stdout, stderr } = await stack.pulumi(["preview", "--json"], { env });
    assert.equal(code, 0, stdout.slice(-2000) + stderr.slice(-2000));
    const { steps } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { readonly steps: readonly Planned[] };
    const isNew = ({ op, urn }: Planned): boolean => op === "create" && later.some((type) => urn.includes(type));
    const lists = steps.filter(ofPackages);
    const listed = lists.filter(({ op, urn }) => op === "create" && urn.includes("BoxHosts")).length;
    assert.ok(listed > 0 && listed === lists.filter(({ op }) => op === "create").length, "one list a host");
    assert.equal(lists.length - listed, state.resources.filter(ofPackages).length, "lists of components all go");
    const emptied = steps.filter((step) => aroundUnit(step) && !ofPackages(step));
    assert.ok(emptied.length > 50, `${emptied.length} components of units go`);
    const kept = steps.filter((step) => !isNew(step) && !ofPackages(step) && !aroundUnit(step));
    const lost = kept.filter(({ op }) => op !== "same" && op !== "update").map(({ op, urn }) => `${op} ${urn}`);
    assert.deepEqual(lost, []);
    // Of providers the engine says nothing, nor of Services where no cluster answers.
    const told = state.resources.filter((one) => !/^(pulumi:providers|kubernetes):/.test(one.type) && !ofPackages(one));
    assert.equal(kept.length + emptied.length, told.length);
  });
});
