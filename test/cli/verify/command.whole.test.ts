import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { verify } from "../../../cli/verify.ts";
import { verifyLimits } from "../../../cli/verify/limits.ts";
import { verifyCommand, verifyScript } from "../../../cli/verify/question.ts";
import { Stage } from "../doctor/sshHost.ts";

const well = ["gatebox-verify 1", "end"];

describe("the command gatebox verify", function () {
  this.timeout(120_000);
  const stage = new Stage();
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-verify-"));
  });
  afterEach(() => stage.end());
  after(() => rmSync(folder, { recursive: true }));

  interface Asked {
    readonly hosts?: number;
    readonly only?: readonly string[];
    readonly json?: boolean;
    /** Milliseconds that a host takes to answer. */
    readonly pause?: number;
  }

  /** A box of container hosts, which this machine plays, and which answer with these lines. */
  async function ask(lines: readonly string[], { hosts = 1, only = [], json = false, pause = 0 }: Asked = {}) {
    const load = { now: 0, most: 0 };
    const { connection, seen } = await stage.host({
      on: "0.0.0.0",
      answer: (channel) => {
        load.now += 1;
        load.most = Math.max(load.most, load.now);
        void setTimeout(pause).then(() => {
          load.now -= 1;
          channel.write(lines.map((line) => `${line}\n`).join(""));
          channel.exit(0);
          channel.end();
        });
      },
    });
    const names = Array.from({ length: hosts }, (_, index) => ({ name: `host-${index + 1}`, address: `127.0.0.${index + 1}` })); // prettier-ignore
    const text = `config:
  gatebox:networks: { box-network: 127.0.0.0/24 }
  gatebox:connection: { network: box-network, knownHosts: known_hosts, port: ${connection.port} }
  gatebox:hosts:
${names.map(({ name, address }) => `    ${name}: { addresses: { box-network: ${address} } }`).join("\n")}
  gatebox:pools: { nodes: [${names.map(({ name }) => name).join(", ")}] }
  gatebox:containerRuntime: { pools: [nodes], network: box-network }
`;
    writeFileSync(path.join(folder, "Pulumi.mine.yaml"), text);
    const known = names.map(({ address }) => `[${address}]:${connection.port} ${connection.hostKey}\n`);
    writeFileSync(path.join(folder, "known_hosts"), known.join(""));
    const env = { HOME: folder, PATH: folder, SSH_AUTH_SOCK: await stage.agent(folder) };
    const began = Date.now();
    const ended = await verify("Pulumi.mine.yaml", only, { json, here: folder, env });
    return { ...ended, seen, load, milliseconds: Date.now() - began };
  }

  it("asks each host once, as root, with one script and what is declared for the host", async () => {
    const { seen, status, message, output } = await ask(well);
    assert.deepEqual([status, message, output], [0, "", "HOST    DIFFERENCES\nhost-1  0\n"]);
    assert.deepEqual([seen.connections, seen.commands], [1, [verifyCommand]]);
    const [script = ""] = seen.scripts;
    assert.ok(script.startsWith(verifyScript()));
    assert.match(script, /^file container-runtime mine\.pool lifecycle\/activate 0755 [0-9a-f]{64}$/m);
    assert.match(script, /^table firewall inet gatebox_firewall nft\/firewall\.nft$/m);
    assert.match(script, /^package containerd$/m);
  });

  const edited = [
    "gatebox-verify 1",
    "drift\tfile\tfirewall\tmine.pool\tfiles.list\tcontent\t",
    "|by hand",
    "|",
    "drift\tunit\tcontainer-runtime\t\tcontainerd.service\tmasked\t",
    "end",
  ];

  it("ends with 1 where something differs, and names each with its difference", async () => {
    const { status, output = "" } = await ask(edited);
    assert.equal(status, 1);
    assert.match(
      output,
      /^HOST {4}DIFFERENCES\nhost-1 {2}2\n\nhost-1: file firewall\/files\.list: changed by hand\n@@ /,
    );
    assert.match(output, /^-nft\/closed\.nft .*$/m);
    assert.match(output, /^\+by hand\n\nhost-1: unit containerd\.service \(container-runtime\): masked\n$/m);
  });

  it("prints one object in JSON where that is asked for", async () => {
    const { output = "" } = await ask(edited, { json: true });
    const { box, hosts } = JSON.parse(output) as {
      box: string;
      hosts: { host: string; drifts: { problem: string }[] }[];
    };
    assert.deepEqual([box, hosts.map(({ host, drifts }) => [host, ...drifts.map(({ problem }) => problem)])], ["mine", [["host-1", "content", "masked"]]]); // prettier-ignore
  });

  it("ends with 2 where a host could not be looked at, and tells what the others have", async () => {
    for (const lines of [[], ["gatebox-verify 1"], ["gatebox-verify 1", "unknown\taddresses\tip fails", "end"]]) {
      const { status, output } = await ask(lines);
      assert.equal(status, 2);
      assert.match(
        output ?? "",
        /^host-1 {2}not known\n\nhost-1: \? (not looked at|it did not tell all|addresses: ip fails)/m,
      );
    }
  });

  it("asks only the hosts that are named, and refuses names that the stack does not configure", async () => {
    const { seen, output } = await ask(well, { hosts: 3, only: ["host-2"] });
    assert.equal(seen.connections, 1);
    assert.match(output ?? "", /^HOST {4}DIFFERENCES\nhost-2 {2}0\n$/);
    await assert.rejects(ask(well, { only: ["host-9"] }), /--host host-9: the stack configures no such host/);
  });

  it("looks at 100 hosts within 20 s, a bounded number of them at once", async () => {
    const { seen, load, milliseconds, output } = await ask(well, { hosts: 100, pause: 1000 });
    assert.equal(seen.connections, 100);
    assert.equal(output?.match(/^host-\d+ +0$/gm)?.length, 100);
    assert.ok(load.most <= verifyLimits.atOnce, String(load.most));
    assert.ok(milliseconds < 20_000, `${milliseconds} ms`);
    console.log(`      ${milliseconds} ms for 100 hosts that take 1 s each, at most ${load.most} at once`);
  });
});
