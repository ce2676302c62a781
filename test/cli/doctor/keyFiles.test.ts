import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import ssh2 from "ssh2";
import type { AuthContext, ParsedKey, ServerChannel } from "ssh2";
import type { Connection, Host } from "../../../box/model.ts";
import { visitsWith } from "../../../cli/doctor/examine.ts";
import { Level, type Finding } from "../../../cli/doctor/finding.ts";
import { hostGroup } from "../../../cli/doctor/host/examine.ts";
import { operatorKeys } from "../../../cli/doctor/machine/agent.ts";
import { keyFilesIn } from "../../../cli/ssh/keys.ts";
import { visitAll } from "../../../cli/ssh/visit.ts";
import { parseProtobox } from "../../box/parsing.ts";
import { sshKeyPair } from "../../sshKeyPair.ts";
import { healthyFacts } from "./healthy.ts";
import { keyPair, Stage } from "./sshHost.ts";

describe("key files, where the agent has no keys", function () {
  // A handshake takes milliseconds, and seconds on a machine that is busy.
  this.timeout(30_000);
  const stage = new Stage();
  const box = parseProtobox({ hostNetworks: undefined });
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), "gatebox-keys-"));
    mkdirSync(path.join(home, ".ssh"));
  });
  afterEach(() => {
    stage.end();
    rmSync(home, { recursive: true });
  });

  const write = (name: string, content: string): void => writeFileSync(path.join(home, ".ssh", name), content);
  const answer = (channel: ServerChannel): void => {
    channel.write(healthyFacts());
    channel.exit(0);
    channel.end();
  };

  /** Lets in whoever proves this key. */
  const onlyWith = (key: ParsedKey) => (context: AuthContext) => {
    if (context.method === "publickey" && context.key.data.equals(key.getPublicSSH())) context.accept();
    else context.reject(["publickey"]);
  };

  /** What a run finds at a host, with an agent that has these keys. */
  async function find(connection: Connection, agentKeys: readonly ParsedKey[] = []): Promise<readonly Finding[]> {
    const SSH_AUTH_SOCK = await stage.agent(home, agentKeys);
    const { keys, finding } = await operatorKeys({ env: { HOME: home, SSH_AUTH_SOCK } });
    const visits = await visitAll([connection], visitsWith(keys, 10_000));
    return [finding, ...hostGroup(box, box.hosts["gateway-1"] as Host, connection, visits[0] ?? {}).findings];
  }
  const problems = (findings: readonly Finding[]): readonly string[] =>
    findings.flatMap(({ level, check, message }) => (level === Level.Fine ? [] : [`${level}: ${check}: ${message}`]));
  const instead =
    "error: SSH agent: has no keys, or is locked; hosts are looked at with ~/.ssh/id_ed25519, which `up` does not use";

  it("are those that ssh would use without asking for anything", async () => {
    const [rsa, ed25519] = [sshKeyPair("rsa", 2048), keyPair()];
    write("id_rsa", rsa.private);
    write("id_ed25519", ed25519.secret);
    write("id_other", keyPair().secret);
    const found = await keyFilesIn(home);
    assert.deepEqual(
      found.map(({ name, key }) => [name, key.type]),
      [
        ["~/.ssh/id_rsa", "ssh-rsa"],
        ["~/.ssh/id_ed25519", "ssh-ed25519"],
      ],
    );
  });

  it("are none where they need a passphrase, or hold something else, or are no files", async () => {
    const { private: locked } = ssh2.utils.generateKeyPairSync("ed25519", {
      passphrase: "x",
      cipher: "aes256-ctr",
      rounds: 1,
    });
    for (const content of [locked, keyPair().shown, "", "x".repeat(70_000), "\u0000\u0001"]) {
      write("id_ed25519", content);
      assert.deepEqual(await keyFilesIn(home), [], content.slice(0, 20));
    }
    rmSync(path.join(home, ".ssh/id_ed25519"));
    mkdirSync(path.join(home, ".ssh/id_rsa"));
    execFileSync("mkfifo", [path.join(home, ".ssh/id_ecdsa")]);
    assert.deepEqual(await keyFilesIn(home), []);
    assert.deepEqual(await keyFilesIn(path.join(home, "nowhere")), []);
  });

  it("let in, so that an empty agent hides nothing of a host, and is an error all the same", async () => {
    for (const { secret, parsed } of [keyPair(), rsaPair()]) {
      write("id_ed25519", secret);
      const { connection, seen } = await stage.host({ authenticate: onlyWith(parsed), answer });
      const findings = await find(connection);
      assert.deepEqual(problems(findings), [instead]);
      assert.ok(findings.some(({ check }) => check === "root"));
      assert.equal(seen.commands.length, 1);
    }
  });

  it("let in at a bastion, too", async () => {
    const { secret, parsed } = keyPair();
    write("id_ed25519", secret);
    const bastion = await stage.host({ authenticate: onlyWith(parsed) });
    const { connection } = await stage.host({ authenticate: onlyWith(parsed), answer });
    assert.deepEqual(problems(await find({ ...connection, bastion: bastion.connection })), [instead]);
  });

  it("are only a warning of a host or a bastion that refuses them: the agent's key may be another", async () => {
    write("id_ed25519", keyPair().secret);
    const { connection } = await stage.host({ authenticate: (context) => context.reject(["publickey"]) });
    const refused = /root is refused with ~\/\.ssh\/id_ed25519: .+ \(there is no SSH agent with a key\)$/;
    for (const way of [connection, { ...(await stage.host()).connection, bastion: connection }]) {
      const [ofAgent, ofHost, ...more] = problems(await find(way));
      assert.deepEqual([ofAgent, more], [instead, []]);
      assert.match(ofHost ?? "", refused);
      assert.match(ofHost ?? "", /^warning: log-in: /);
    }
  });

  it("are offered to no host whose key is not the declared one", async () => {
    write("id_ed25519", keyPair().secret);
    const { connection, seen } = await stage.host();
    const [, ofHost] = problems(await find({ ...connection, hostKey: keyPair().shown }));
    assert.match(ofHost ?? "", /^error: host key: has changed/);
    assert.deepEqual(seen.logins, []);
  });

  it("are left alone where the agent has a key, as `up` would", async () => {
    const { secret, parsed } = keyPair();
    write("id_ed25519", secret);
    const { connection } = await stage.host({ authenticate: onlyWith(parsed), answer });
    const [ofHost, ...more] = problems(await find(connection, [keyPair().parsed]));
    assert.match(ofHost ?? "", /^error: log-in: root is refused with the agent's keys: /);
    assert.deepEqual(more, []);
  });

  function rsaPair(): { readonly secret: string; readonly parsed: ParsedKey } {
    const { private: secret, parsed } = sshKeyPair("rsa", 2048);
    return { secret, parsed };
  }
});
