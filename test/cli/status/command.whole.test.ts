import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { status } from "../../../cli/status.ts";
import { statusQuestion } from "../../../cli/status/question.ts";
import { Stage } from "../doctor/sshHost.ts";

describe("the command gatebox status", function () {
  this.timeout(60_000);
  const stage = new Stage();
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-status-"));
  });
  afterEach(() => stage.end());
  after(() => rmSync(folder, { recursive: true }));

  /** A box of one NAT gateway, which this machine plays, and which answers with these lines. */
  async function ask(lines: readonly string[], json = false) {
    const { connection, seen } = await stage.host({
      answer: (channel) => {
        channel.write(lines.map((line) => `${line}\n`).join(""));
        channel.exit(0);
        channel.end();
      },
    });
    const socket = await stage.agent(folder);
    const text = `config:
  gatebox:networks: { box-network: 127.0.0.0/24, site-network: 10.20.0.0/24 }
  gatebox:connection: { network: box-network, knownHosts: known_hosts, port: ${connection.port} }
  gatebox:hosts:
    nat-1: { addresses: { box-network: 127.0.0.1, site-network: 10.20.0.2 } }
  gatebox:pools: { nat-pool: [nat-1] }
  gatebox:natGateways:
    - { name: egress, pool: nat-pool, input: box-network, output: site-network, snatAddress: 10.20.0.2 }
`;
    writeFileSync(path.join(folder, "Pulumi.mine.yaml"), text);
    writeFileSync(path.join(folder, "known_hosts"), `[127.0.0.1]:${connection.port} ${connection.hostKey}\n`);
    const env = { HOME: folder, PATH: folder, SSH_AUTH_SOCK: socket };
    const ended = await status("Pulumi.mine.yaml", { json, here: folder, env, start: 0 });
    return { ...ended, seen };
  }

  const well = ["gatebox-status 1", "clock 1000", "assembly firewall 940", "assembly egress 940"];

  it("asks each host once, as root, with one constant script", async () => {
    const { seen } = await ask([...well, "end"]);
    assert.deepEqual([seen.commands, seen.scripts], [[statusQuestion.command], [statusQuestion.script]]);
  });

  it("ends with 1 where something needs a person, and with 0 where nothing does", async () => {
    const bad = await ask([...well, "fails firewall gatebox-firewall.service is failed", "end"]);
    assert.equal(bad.status, 1);
    assert.match(bad.output ?? "", /^nat-1 .*\n {2}✖ firewall: gatebox-firewall\.service is failed; /m);
    const names = /not applied: ([a-z, -]+);/.exec(bad.output ?? "")?.[1]?.split(", ") ?? [];
    const good = await ask([...well, ...names.map((name) => `assembly ${name} 940`), "end"]);
    assert.deepEqual([good.status, good.message], [0, ""], good.output);
    assert.match(good.output ?? "", /^nat-1 +nat-pool .* 60 s ago$/m);
  });

  it("prints one object in JSON where that is asked for", async () => {
    const { output = "" } = await ask([...well, "fails firewall gatebox-firewall.service is failed", "end"], true);
    const { box, hosts } = JSON.parse(output) as {
      box: string;
      hosts: readonly { host: string; problems: string[] }[];
    };
    assert.equal(box, "mine");
    assert.deepEqual(
      hosts.map(({ host, problems }) => [host, problems[0]]),
      [
        [
          "nat-1",
          "firewall: gatebox-firewall.service is failed; look there: systemctl status gatebox-firewall.service",
        ],
      ],
    );
  });

  it("says that a host which answers nothing is not known", async () => {
    assert.match(
      (await ask([])).output ?? "",
      /✖ logged in as root, and nothing was answered; look: ssh -p \d+ root@127/,
    );
  });
});
