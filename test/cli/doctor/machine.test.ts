import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Finding } from "../../../cli/doctor/finding.ts";
import { limitAfter } from "../../../cli/limits.ts";
import { lookAtAgent } from "../../../cli/doctor/machine/agent.ts";
import { backendFinding, backendUrl } from "../../../cli/doctor/machine/backend.ts";
import { thisMachine, type Machine } from "../../../cli/doctor/machine/machine.ts";
import { passphraseFindings } from "../../../cli/doctor/machine/passphrase.ts";
import { isBefore, nodeFinding, pulumiFinding } from "../../../cli/doctor/machine/versions.ts";
import { writeProgram } from "./programs.ts";
import { Stage } from "./sshHost.ts";

describe("this machine", () => {
  const stage = new Stage();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-machine-"));
  });
  afterEach(() => {
    stage.end();
    rmSync(folder, { recursive: true });
  });

  /** A machine whose PATH has these programs, each a script of one line, and nothing else. */
  function machine(programs: Readonly<Record<string, string>> = {}, env: Record<string, string> = {}): Machine {
    const bin = path.join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    for (const [name, line] of Object.entries(programs)) {
      writeProgram(path.join(bin, name), line);
    }
    return { folder, env: { PATH: bin, HOME: folder, ...env }, limit: 5000 };
  }
  const say = ({ level, message }: Finding): string => `${level}: ${message}`;

  it("has the Node that Pulumi will find, not npm's own", async () => {
    assert.equal(say(await nodeFinding(machine({ node: "echo v24.1.0" }))), "fine: Node 24.1.0");
    assert.equal(
      say(await nodeFinding(machine({ node: "echo v22.17.1" }))),
      "error: 22.17.1 is too old: 22.18.0 or later is needed",
    );
    const ofNpm = ["/p/node_modules/.bin", "/x/node-gyp-bin", "/usr/bin"].join(path.delimiter);
    assert.equal(thisMachine({ folder, env: { PATH: ofNpm }, limit: 1 }).env["PATH"], "/usr/bin");
  });

  it("has a Pulumi CLI as new as the SDK", async () => {
    assert.equal(say(await pulumiFinding(machine())), "error: there is no pulumi in PATH");
    assert.equal(say(await pulumiFinding(machine({ pulumi: "echo v3.251.0" }))), "fine: Pulumi 3.251.0");
    assert.match(say(await pulumiFinding(machine({ pulumi: "echo v3.99.0" }))), /^warning: 3\.99\.0 is older than/);
    assert.match(
      say(await pulumiFinding(machine({ pulumi: 'printf "no\\033[2J" >&2; exit 3' }))),
      /^error: pulumi ended with 3: no\\u001b\[2J$/,
    );
  });

  it("does not wait for a program that hangs, nor for what it has started", async () => {
    const start = Date.now();
    const hanging = { ...machine({ pulumi: "/bin/sleep 20 & /bin/sleep 20" }), limit: 300 };
    assert.equal(say(await pulumiFinding(hanging)), "error: pulumi did not answer in time");
    assert.ok(Date.now() - start < 4000);
  });

  it("orders versions by their numbers", () => {
    assert.ok(isBefore("3.99.0", "3.250.0") && isBefore("22.9.0", "22.18.0") && !isBefore("24.0.0", "22.18.0"));
  });

  describe("is logged in to a backend", () => {
    it("that the environment, the project or the last log-in names, in this order", async () => {
      mkdirSync(path.join(folder, ".pulumi"));
      assert.equal(await backendUrl(machine()), undefined);
      writeFileSync(path.join(folder, ".pulumi/credentials.json"), '{"current":"https://last","accessTokens":{}}');
      assert.equal(await backendUrl(machine()), "https://last");
      writeFileSync(path.join(folder, "Pulumi.yaml"), "name: x\nbackend: { url: s3://project }\n");
      assert.equal(await backendUrl(machine()), "s3://project");
      assert.equal(await backendUrl(machine({}, { PULUMI_BACKEND_URL: "gs://env" })), "gs://env");
    });

    it("or is not", async () => {
      assert.equal(say(await backendFinding(undefined, machine())), "error: Pulumi is logged in nowhere");
      const refusing = machine({ pulumi: "echo 'error: no token ?token=secret' >&2; exit 1" });
      const finding = await backendFinding("https://user:secret@api.example.com", refusing);
      assert.match(say(finding), /^error: at https:\/\/api\.example\.com: pulumi ended with 1: error: no token/);
      assert.doesNotMatch(say(finding), /secret/);
    });

    it("and asks Pulumi as whom", async () => {
      const good = machine({ pulumi: '[ "$*" = "whoami --json --non-interactive" ] && echo \'{"user":"ada"}\'' });
      assert.equal(say(await backendFinding("https://api.example.com", good)), "fine: ada at https://api.example.com");
    });

    it("and looks at a folder without writing there, or asking Pulumi, which would", async () => {
      const asked = path.join(folder, "asked");
      const state = path.join(folder, "state");
      const one = machine({ pulumi: `: > ${asked}` });
      assert.match(say(await backendFinding(`file://${state}`, one)), /^error: the state's folder \S+ does not exist$/);
      mkdirSync(state);
      assert.equal(say(await backendFinding("file://~/state?no_tmp_dir=true", one)), `fine: state in ${state}`);
      assert.deepEqual([existsSync(asked), readdirSync(state)], [false, []]);
    });
  });

  describe("has the passphrase", function () {
    // A million rounds of PBKDF2, each.
    this.timeout(30_000);
    /** What Pulumi 3.250.0 has written for this passphrase. */
    const encryptionsalt = "v1:fVToJEUN72c=:v1:LyOeMUaFaLqGzJZH:4QqxlEKpAI654vAQS/XS5+gwW8UwsA==";
    const passphrase = "correct horse";
    const find = async (secrets: object, env: Record<string, string>, backend = "file:///state"): Promise<string> =>
      (await passphraseFindings(backend, secrets, machine({}, env))).map(say).join();

    it("of the stack, and no other", async () => {
      assert.equal(await find({ encryptionsalt }, { PULUMI_CONFIG_PASSPHRASE: passphrase }), "fine: passphrase");
      const wrong = await find({ encryptionsalt }, { PULUMI_CONFIG_PASSPHRASE: "wrong" });
      assert.equal(wrong, "error: is not that of the stack: its encryptionsalt says so");
    });

    it("in a file", async () => {
      writeFileSync(path.join(folder, "phrase"), `${passphrase}\n`);
      assert.equal(await find({ encryptionsalt }, { PULUMI_CONFIG_PASSPHRASE_FILE: "phrase" }), "fine: passphrase");
      assert.match(await find({}, { PULUMI_CONFIG_PASSPHRASE_FILE: "gone" }), /^error: gone, which .* cannot be read$/);
    });

    it("where one is needed", async () => {
      assert.equal(await find({}, {}), "warning: is not set, so Pulumi will ask for it");
      assert.equal(await find({}, {}, "https://api.pulumi.com"), "");
      assert.match(await find({ encryptionsalt }, {}, "https://api.pulumi.com"), /^warning/);
      assert.equal(await find({ secretsprovider: "awskms://alias/x", encryptedkey: "x" }, {}), "");
    });

    it("and takes a malformed salt for one that it does not open", async () => {
      assert.match(await find({ encryptionsalt: "v1:x" }, { PULUMI_CONFIG_PASSPHRASE: "x" }), /^error/);
    });
  });

  describe("has an SSH agent", () => {
    it("with keys", async () => {
      const { socket, finding } = await lookAtAgent(await stage.agent(folder));
      assert.ok(socket);
      assert.equal(say(finding), "fine: SSH agent with 1 key");
    });

    it("without any, a dead one, or none", async () => {
      const empty = await lookAtAgent(await stage.agent(folder, []));
      assert.deepEqual([empty.socket, say(empty.finding)], [undefined, "error: has no keys, or is locked"]);
      const dead = path.join(folder, "dead");
      assert.equal(say((await lookAtAgent(dead)).finding), `error: nobody answers at SSH_AUTH_SOCK, ${dead}`);
      for (const unset of [undefined, ""])
        assert.match(say((await lookAtAgent(unset)).finding), /^error: SSH_AUTH_SOCK is not set/);
    });

    it("that answers in time", async () => {
      const { socket } = await stage.silentSocket(folder);
      const start = Date.now();
      assert.match(say((await lookAtAgent(socket, 200)).finding), /^error: nobody answers/);
      assert.ok(Date.now() - start < 3000);
    });
  });

  it("leaves the less time for each thing, the longer the start has taken, and always some", () => {
    assert.deepEqual([0, 1000, 3000, 60_000].map(limitAfter), [7000, 7000, 6000, 3000]);
  });
});
