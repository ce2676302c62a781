import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { doctor } from "../../../cli/doctor.ts";
import { writeProgram } from "./programs.ts";
import { keyPair, Stage } from "./sshHost.ts";

const main = path.join(import.meta.dirname, "../../../cli/main.ts");

describe("the command gatebox doctor", function () {
  // A start of Node and a second's work: more than 15 s were seen on a machine that is busy.
  this.timeout(60_000);
  const stage = new Stage();
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-doctor-"));
  });
  afterEach(() => stage.end());
  after(() => rmSync(folder, { recursive: true }));

  /** A box of one NAT gateway, which this machine plays. */
  function write(port: number, more = ""): void {
    const text = `config:
  gatebox:networks: { box-network: 127.0.0.0/24, site-network: 10.20.0.0/24 }
  gatebox:connection: { network: box-network, knownHosts: known_hosts, port: ${port} }
  gatebox:hosts:
    nat-1: { addresses: { box-network: 127.0.0.1, site-network: 10.20.0.2 } }
  gatebox:pools: { nat-pool: [nat-1] }
  gatebox:natGateways:
    - { name: egress, pool: nat-pool, input: box-network, output: site-network, snatAddress: 10.20.0.2 }
${more}`;
    writeFileSync(path.join(folder, "Pulumi.mine.yaml"), text);
  }
  const examine = (env: NodeJS.ProcessEnv, json = false) =>
    doctor("Pulumi.mine.yaml", { json, here: folder, env: { HOME: folder, PATH: folder, ...env }, start: 6000 });

  it("ends with 1 when something is wrong, and says what and where", async () => {
    const { connection } = await stage.host();
    write(connection.port);
    writeFileSync(path.join(folder, "known_hosts"), `[127.0.0.1]:${connection.port} ${keyPair().shown}\n`);
    const { status, output = "", message = "" } = await examine({});
    assert.equal(status, 1);
    assert.match(output, /^this machine\n {2}✖ Node: there is no node in PATH\n {4}→ /);
    assert.match(output, /^nat-1 \(root@127\.0\.0\.1:\d+\)\n {2}✖ host key: has changed: expected /m);
    assert.match(message, /^5 errors, no warnings in \d+\.\d s: mend what is marked/);
  });

  it("goes by the known_hosts file of $GATEBOX_KNOWN_HOSTS, as the stack's program does", async () => {
    const { connection } = await stage.host();
    write(connection.port);
    writeFileSync(path.join(folder, "known_hosts"), `[127.0.0.1]:${connection.port} ${keyPair().shown}\n`);
    writeFileSync(path.join(folder, "others"), `[127.0.0.1]:${connection.port} ${connection.hostKey}\n`);
    const { output = "" } = await examine({ GATEBOX_KNOWN_HOSTS: "others" }, true);
    const { findings } = JSON.parse(output);
    const ofHost = findings.filter(({ subject }: { subject: string }) => subject === "nat-1");
    assert.deepEqual(
      ofHost.map(({ check, level }: { check: string; level: string }) => `${level}: ${check}`),
      ["fine: host key", "warning: log-in"],
    );
  });

  it("names a host whose key is declared nowhere", async () => {
    const { connection } = await stage.host();
    write(connection.port);
    rmSync(path.join(folder, "known_hosts"), { force: true });
    assert.match((await examine({})).output ?? "", /✖ host key: none is declared for nat-1, and it shows ssh-ed25519/);
  });

  it("looks at nothing where the stack file has mistakes", async () => {
    write(22, "  gatebox:webserver: {}\n");
    const { status, output, message = "" } = await examine({});
    assert.deepEqual([status, output], [1, undefined]);
    assert.match(message, /^Pulumi\.mine\.yaml:\d+:\d+: .*webserver[^]*\nNothing else was looked at\.\n$/);
  });

  it("ends by itself with a name server, a host and a program that are silent, in ten seconds", async () => {
    const { port } = await stage.listen(() => undefined);
    write(port);
    writeFileSync(path.join(folder, "known_hosts"), `[127.0.0.1]:${port} ${keyPair().shown}\n`);
    writeProgram(path.join(folder, "pulumi"), "exec /bin/sleep 60");
    const start = Date.now();
    const { output = "" } = await examine({ SSH_AUTH_SOCK: (await stage.silentSocket(folder)).socket });
    // Of ten seconds six have gone already.
    assert.ok(Date.now() - start < 6000, `it took ${Date.now() - start} ms`);
    for (const says of [/Pulumi: pulumi did not answer in time/, /SSH agent: nobody answers/, /SSH banner: /])
      assert.match(output, says);
  });

  it("ends with 2 for a command line that is not understood, and with 1 for a file that is not there", () => {
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [main, "doctor", ...args], { cwd: folder, encoding: "utf8", timeout: 50_000 });
    assert.equal(run().status, 2);
    const gone = run("gone.yaml");
    assert.deepEqual([gone.status, gone.stdout], [1, ""]);
    assert.match(gone.stderr, /^gone\.yaml:1:1: cannot be read: there is no such file\n/);
  });
});
