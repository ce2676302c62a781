import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { drain } from "../../../cli/drain.ts";
import { run, type CalledOptions } from "../../../cli/drain/called.ts";
import { rootShell } from "../../../cli/ssh/rootShell.ts";
import { commandLine } from "../../../cli/commandLine.ts";
import { commands } from "../../../cli/commands.ts";
import { Stage } from "../doctor/sshHost.ts";
import { said } from "../said.ts";

describe("the command gatebox drain", function () {
  this.timeout(60_000);
  const stage = new Stage();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-drain-"));
  });
  afterEach(() => {
    stage.end();
    rmSync(folder, { recursive: true });
  });

  /** Two NAT gateways with a virtual IP, both played by this machine: the answers are in the order of the questions. */
  async function ask(answers: readonly (readonly string[])[], options: Partial<CalledOptions> = {}) {
    let asked = 0;
    const { connection, seen } = await stage.host({
      on: "0.0.0.0",
      answer: (channel) => {
        channel.write((answers[asked++] ?? []).map((line) => `${line}\n`).join(""));
        channel.exit(0);
        channel.end();
      },
    });
    const socket = await stage.agent(folder);
    writeFileSync(
      path.join(folder, "Pulumi.mine.yaml"),
      `config:
  gatebox:networks: { box-network: 127.0.0.0/24, site-network: 10.20.0.0/24 }
  gatebox:connection: { network: box-network, knownHosts: known_hosts, port: ${connection.port} }
  gatebox:hosts:
    nat-1: { addresses: { box-network: 127.0.0.1, site-network: 10.20.0.2 } }
    nat-2: { addresses: { box-network: 127.0.0.2, site-network: 10.20.0.3 } }
  gatebox:pools: { nat-pool: [nat-1, nat-2] }
  gatebox:virtualIps:
    out: { pool: nat-pool, network: site-network, address: 10.20.0.9, virtualRouterId: 7, priorities: { nat-1: 200, nat-2: 100 } }
  gatebox:natGateways:
    - { name: egress, pool: nat-pool, input: box-network, output: site-network, snatAddress: out }
`,
    );
    const known = [1, 2].map((last) => `[127.0.0.${last}]:${connection.port} ${connection.hostKey}\n`);
    writeFileSync(path.join(folder, "known_hosts"), known.join(""));
    const told: string[] = [];
    const called = { file: undefined, stack: undefined, json: false, force: false, wait: 5, ...options };
    const surroundings = {
      here: folder,
      env: { HOME: folder, PATH: folder, SSH_AUTH_SOCK: socket },
      say: (sentence: string) => void told.push(sentence),
      now: Date.now,
      pause: (milliseconds: number) => pause(milliseconds),
    };
    const ended = await run(called, surroundings, (work) => drain(work, { ...called, host: "nat-1" }));
    return { ...ended, seen, told };
  }

  const well = ["gatebox-ready 1", "boot a", "works vip", "works nat", "vip out BACKUP", "end"];
  const done = ["Last login: never", "gatebox-drain 1", "cut-off 0", "remaining 0", "end"];

  it("takes the one stack file of a folder, asks peers, and drains as root", async () => {
    const { status, output, message, seen } = await ask([well, well, done]);
    assert.deepEqual(
      [status, output, message],
      [0, "nat-1 is drained: no client has a connection to it any more\n", undefined],
    );
    assert.deepEqual(seen.commands, [38, 38, 108].map(rootShell));
    assert.match(seen.scripts[2] ?? "", /^own=''\nvirtual=''\nreloads=''\nassemblies='nat vip'\n/);
  });

  it("ends with 1 where nothing was done, and says why without what a terminal obeys", async () => {
    const { status, message } = await ask([
      well,
      ["gatebox-ready 1", "works vip", "works nat", "vip out FAULT", "end"],
      well,
    ]);
    assert.equal(status, 1);
    assert.match(
      message ?? "",
      /^nat-1 was not drained, as nobody else would serve:\n {2}the virtual IP out: nat-2: cannot hold out\n/,
    );
    const hostile = await ask([well, well, ["gatebox-drain 1", "failed \u001b[2Jgone", "end"]]);
    assert.equal(hostile.message, "nat-1: \\u001b[2Jgone\n");
  });

  it("says that a host has not answered to its end", async () => {
    const { status, message } = await ask([well, well, ["gatebox-drain 1", "cut-off 0"]]);
    assert.equal(status, 1);
    assert.match(message ?? "", /^nat-1: it did not answer to the end in time; how far it has come is not known/);
  });

  it("prints one object in JSON, of what was done and of what was not", async () => {
    const { output = "" } = await ask([well, well, done], { json: true });
    assert.deepEqual(JSON.parse(output), { host: "nat-1", already: false, remaining: 0, cutOff: 0, lacking: [] });
    const refused = await ask([["no such thing"]], { json: true });
    assert.deepEqual([refused.status, Object.keys(JSON.parse(refused.output ?? ""))], [1, ["failure"]]);
  });

  it("wants to know which stack is meant, and sensible numbers", async () => {
    for (const [args, says] of [
      [["drain", "nat-1"], /Give --file or --stack: there is no stack file here\./],
      [["drain", "nat-1", "-s", "a", "-f", "b"], /Give --file or --stack, not both\./],
      [["undrain", "nat-1", "-s", "a", "--wait", "-1"], /--wait: write a whole number of seconds/],
      [["reboot", "nat-1", "-s", "a", "--boot", "0"], /--boot: write a whole number of seconds/],
      [["reboot"], /Not enough non-option arguments/],
    ] as const) {
      const { status, stderr } = await said(() => commandLine(args, commands), { env: {}, cwd: folder });
      assert.deepEqual([status, says.test(stderr)], [2, true], stderr);
    }
  });
});
