import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { commandLine } from "../../../cli/commandLine.ts";
import { commands } from "../../../cli/commands.ts";
import { status } from "../../../cli/status.ts";
import { statusQuestion } from "../../../cli/status/question.ts";
import type { BoxStatus } from "../../../cli/status/status.ts";
import { said } from "../said.ts";
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

  interface Asked {
    readonly json?: boolean;
    readonly html?: string;
    readonly drift?: boolean;
    /** What it says of what it serves, and of what differs there. */
    readonly serving?: readonly string[];
    readonly verify?: readonly string[];
  }

  /** A box of one NAT gateway, which this machine plays, and which answers with these lines; with the environment of an operator. */
  async function box(lines: readonly string[], { serving = wellServing, verify = [] }: Asked = {}) {
    const { connection, seen } = await stage.host({
      answer: (channel, script) => {
        const asked = ["gatebox-serving 1", "gatebox-verify 1"].findIndex((first) => script.includes(first));
        channel.write(([serving, verify][asked] ?? lines).map((line) => `${line}\n`).join(""));
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
    return { seen, env: { HOME: folder, PATH: folder, SSH_AUTH_SOCK: socket } };
  }

  async function ask(lines: readonly string[], options: Asked = {}) {
    const { seen, env } = await box(lines, options);
    const { json = false, html, drift = false } = options;
    const ended = await status("Pulumi.mine.yaml", { json, html, drift, here: folder, env, start: 0 });
    return { ...ended, seen };
  }

  const wellServing = ["gatebox-serving 1", "version\tnftables\t1.0.6-2+deb12u2", "end"];
  const well = ["gatebox-status 1", "clock 1000", "assembly firewall 940", "assembly egress 940"];

  it("asks each host over one connection, as root, by two scripts that only the questions for that host follow", async () => {
    const { seen } = await ask([...well, "end"]);
    assert.equal(seen.connections, 1);
    assert.deepEqual([seen.commands.length, seen.commands[0], seen.scripts[0]], [2, statusQuestion.command, statusQuestion.script]); // prettier-ignore
    assert.match(seen.scripts[1] ?? "", /^__END__\n(package [a-z0-9.-]+\n)+$/m);
  });

  it("compares hosts with what is declared over the same connection, where that is asked for", async () => {
    const drift = "drift\tfile\tfirewall\tmine.hosts\tfirewall.nft\tcontent\t\n|hunter2";
    const { seen, status: code, output = "" } = await ask([...well, "end"], { drift: true, verify: ["gatebox-verify 1", drift, "end"] }); // prettier-ignore
    assert.deepEqual([seen.connections, seen.commands.length, code], [1, 3, 1]);
    assert.match(output, /^HOST .* DRIFT$/m);
    assert.match(output, /^nat-1 .* 1$/m);
    assert.match(output, /^ {2}≠ file firewall\/firewall\.nft: changed by hand$/m);
    assert.doesNotMatch(output, /hunter2/);
  });

  it("says that a host was not compared where nothing comes back for that alone", async () => {
    const { output = "" } = await ask([...well, "end"], { drift: true, verify: [] });
    assert.match(output, /^nat-1 .* not known$/m);
    assert.match(output, /^ {2}\? not compared: not looked at: logged in as root, and nothing was answered$/m);
  });

  it("says what runs where nothing is told of what is served", async () => {
    const { output = "" } = await ask([...well, "end"], { serving: [] });
    assert.match(output, /✖ did not tell what it serves in time: look at its load/);
    assert.match(output, /✖ not applied: /);
  });

  it("writes a page as a whole, and says why where it cannot", async () => {
    const { message } = await ask([...well, "end"], { html: "status.html" });
    assert.equal(message, "");
    const page = readFileSync(path.join(folder, "status.html"), "utf8");
    assert.match(page, /^<!doctype html>[^]*nat-1[^]*<\/html>\n$/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith("status.html")),
      ["status.html"],
    );
    const refused = await ask([...well, "end"], { html: "nowhere/status.html" });
    assert.equal(refused.status, 1);
    assert.match(refused.message ?? "", /^gatebox status: --html nowhere\/status\.html: ENOENT/);
    assert.match(refused.output ?? "", /^nat-1 /m);
  });

  it("ends with 1 where something needs a person, and with 0 where nothing does", async () => {
    const bad = await ask([...well, "fails firewall gatebox-firewall.service is failed", "end"]);
    assert.equal(bad.status, 1);
    assert.match(bad.output ?? "", /^nat-1 .*\n {2}✖ firewall: gatebox-firewall\.service is failed; /m);
    const names = /not applied: ([a-z, -]+);/.exec(bad.output ?? "")?.[1]?.split(", ") ?? [];
    const good = await ask([
      ...well,
      ...names.map((name) => `assembly ${name} 940`),
      ...[...names, "firewall", "egress"].map((name) => `runs ${name}`),
      "end",
    ]);
    assert.deepEqual([good.status, good.message], [0, ""], good.output);
    assert.match(good.output ?? "", /^nat-1 +nat-pool +yes .* 60 s ago \([a-z-]+\)$/m);
  });

  it("prints one object in JSON where that is asked for", async () => {
    const { output = "" } = await ask([...well, "fails firewall gatebox-firewall.service is failed", "end"], {
      json: true,
    });
    const { box, hosts, at } = JSON.parse(output) as Omit<BoxStatus, "at"> & { readonly at: string };
    assert.equal(box, "mine");
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000, at);
    assert.deepEqual(hosts[0]?.programs, [{ program: "nftables", package: "nftables", version: "1.0.6-2+deb12u2" }]);
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

  it("renews its table in a terminal until Ctrl-C, and leaves the terminal as it was", async () => {
    const { env, seen } = await box([...well, "end"]);
    const main = path.resolve(import.meta.dirname, "../../../cli/main.ts");
    const command = `trap : INT; stty rows 50 columns 160; stty -a >before; '${process.execPath}' '${main}' status Pulumi.mine.yaml --watch 1; echo "ended with $?"; stty -a >after`;
    // A pseudo-terminal, which turns the letter of Ctrl-C into the signal.
    const PATH = process.env["PATH"] ?? "";
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      cwd: folder,
      env: { ...env, PATH, SHELL: "/bin/sh" },
    });
    let text = "";
    let isEnded = false;
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (isEnded || seen.connections < 2 || text.split("nat-1").length < 3) return;
      isEnded = true;
      child.stdin.write("\u0003");
    });
    await once(child, "close");
    assert.doesNotMatch(text, /make the terminal higher/);
    assert.ok(seen.connections >= 2, text);
    const [, shown = "", end = ""] = text.split(/\[\?1049[hl]/);
    assert.match(shown, /nat-1/);
    assert.match(end, /ended with 1/);
    assert.ok(text.lastIndexOf("\u001b[?1049l") > text.lastIndexOf("\u001b[?1049h"), text);
    assert.equal(readFileSync(path.join(folder, "after"), "utf8"), readFileSync(path.join(folder, "before"), "utf8"));
  });

  it("takes no other word for a number of seconds", async () => {
    const told = await said(() => commandLine(["status", "--watch", "Pulumi.mine.yaml", "Pulumi.mine.yaml"], commands), { env: {}, cwd: folder }); // prettier-ignore
    assert.equal(told.status, 2);
    assert.match(told.stderr, /--watch Pulumi\.mine\.yaml: that is no number of seconds from 1 to 86400; the stack file stands before --watch/); // prettier-ignore
  });
});
