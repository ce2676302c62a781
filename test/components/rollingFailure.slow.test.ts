/** A pool whose first member fails its gate, by the real engine, with the real runtime on hosts that are directories. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openStack, type LabStack } from "../../lab/stack.ts";
import { prepareToolchain } from "../../lab/toolchain/index.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { SandboxHost } from "../host/sandboxHost.ts";
import { scratchHome, type ScratchHome } from "../lab/scratchHome.ts";

describe("a configuration that passes the checker and fails its gate on the first member of a pool", function () {
  // Three ups of the engine, some seconds each on two busy cores.
  this.timeout(300_000);
  const hosts = new Map<string, SandboxHost>();
  let home: ScratchHome;
  let stack: LabStack;

  const up = (text: string) => {
    const described = [...hosts].map(([name, host]) => {
      const found = { root: host.root, path: `${host.path("tools")}:${process.env["PATH"]}`, payload: host.base(text) };
      return [name, found] as const;
    });
    const site = { hostKey: hostKeyFor("any"), hosts: Object.fromEntries(described) };
    writeFileSync(path.join(home.directory, "site.json"), JSON.stringify(site));
    return stack.pulumi(["up", "--yes", "--skip-preview"]);
  };
  const calls = () => [...hosts.values()].map((host) => host.calls());
  const serving = () => [...hosts.values()].map((host) => host.serving());

  before(async () => {
    for (const name of ["gateway-1", "gateway-2", "gateway-3"]) hosts.set(name, new SandboxHost());
    home = await scratchHome();
    stack = await openStack(home, await prepareToolchain({ kubernetes: false }), {
      name: "rolling",
      program: path.join(import.meta.dirname, "programs/rolling"),
      configuration: `config:\n  rolling:site: ${path.join(home.directory, "site.json")}\n`,
    });
  });
  after(() => {
    for (const host of hosts.values()) host.delete();
    rmSync(home.directory, { recursive: true, force: true });
  });

  it("is undone there, and touches no other; the next up goes through the whole pool", async () => {
    const first = await up("good\n");
    assert.equal(first.code, 0, first.stdout.slice(-2000) + first.stderr.slice(-2000));
    calls();

    for (const host of hosts.values())
      host.behave("probe", "if grep -q bad base.cfg; then echo 'no route' >&2; exit 1; fi");
    const { code, stdout, stderr } = await up("bad\n");
    assert.notEqual(code, 0);
    assert.match(
      stdout + stderr,
      /^ *gatebox: [^\n]+: edge\/base: lifecycle\/probe failed \(exit 1\); [^\n]* serves again\n *no route$/m,
    );
    assert.deepEqual(serving(), ["good\n", "good\n", "good\n"]);
    // The host that should hold the virtual IP is the first in the list, and changed last.
    assert.deepEqual(calls(), [[], [], ["check", "activate", "probe", "activate", "probe"]]);

    assert.equal((await up("better\n")).code, 0);
    assert.deepEqual(serving(), ["better\n", "better\n", "better\n"]);
    for (const host of hosts.values()) assert.deepEqual(host.leftovers(), []);
  });
});
