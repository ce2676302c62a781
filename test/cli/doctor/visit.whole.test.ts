import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ServerChannel } from "ssh2";
import type { Connection, Host } from "../../../box/model.ts";
import { visitsWith } from "../../../cli/doctor/examine.ts";
import { Level, type Finding } from "../../../cli/doctor/finding.ts";
import { hostGroup } from "../../../cli/doctor/host/examine.ts";
import { reportText } from "../../../cli/doctor/report.ts";
import { fingerprintOf } from "../../../cli/ssh/hostKey.ts";
import type { Keys } from "../../../cli/ssh/keys.ts";
import { visitAll } from "../../../cli/ssh/visit.ts";
import { parseProtobox } from "../../box/parsing.ts";
import { healthyFacts } from "./healthy.ts";
import { obeyed } from "./obeyed.ts";
import { keyPair, Stage } from "./sshHost.ts";

describe("a visit of gatebox doctor to a host", function () {
  // A handshake takes milliseconds, and seconds on a machine that is busy.
  this.timeout(30_000);
  const stage = new Stage();
  const box = parseProtobox({ hostNetworks: undefined });
  let folder: string;
  let agent: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-visit-"));
  });
  beforeEach(async () => {
    agent = await stage.agent(folder);
  });
  afterEach(() => stage.end());
  after(() => rmSync(folder, { recursive: true }));

  /** What is found at hosts, each with the same address in the box. */
  async function find(
    connections: readonly Connection[],
    { limit = 10_000, socket = agent, keys }: { limit?: number; socket?: string; keys?: Keys } = {},
  ): Promise<readonly (readonly Finding[])[]> {
    const visits = await visitAll(connections, visitsWith(keys ?? { agent: socket }, limit));
    const host = box.hosts["gateway-1"] as Host;
    return connections.map((connection, index) => hostGroup(box, host, connection, visits[index] ?? {}).findings);
  }

  async function findOne(connection: Connection, options?: Parameters<typeof find>[1]): Promise<readonly Finding[]> {
    return (await find([connection], options))[0] ?? [];
  }

  const answering = (text: () => string) => (channel: ServerChannel) => {
    channel.write(text());
    channel.exit(0);
    channel.end();
  };
  const problems = (findings: readonly Finding[]): readonly string[] =>
    findings.filter(({ level }) => level !== Level.Fine).map(({ check, message }) => `${check}: ${message}`);

  it("finds nothing wrong with a healthy one, over one connection, by a script that came by standard input", async () => {
    const { connection, seen } = await stage.host({ answer: answering(() => healthyFacts()) });
    const findings = await findOne(connection);
    assert.deepEqual(problems(findings), []);
    for (const check of [
      "host key",
      "log-in",
      "root",
      "distribution",
      "init",
      "clock",
      "interfaces",
      "disk",
      "nftables",
    ])
      assert.ok(
        findings.some((finding) => finding.check === check),
        check,
      );
    assert.equal(seen.connections, 1);
    assert.deepEqual(seen.commands, ["timeout -k 1 5 sh -s"]);
    assert.match(seen.scripts[0] ?? "", /^#!\/bin\/sh\n[^]*facts <\/dev\/null\n$/);
  });

  it("names a changed host key by both fingerprints, and does not log in", async () => {
    const { connection, seen } = await stage.host();
    const expected = keyPair().shown;
    const [finding, ...more] = await findOne({ ...connection, hostKey: expected });
    assert.deepEqual(more, []);
    assert.equal(
      finding?.message,
      `has changed: expected ssh-ed25519 ${fingerprintOf(expected)}, found ssh-ed25519 ${fingerprintOf(connection.hostKey ?? "")}`,
    );
    assert.match(finding.hint ?? "", /ssh-keygen -lf \/etc\/ssh\/ssh_host_ed25519_key\.pub/);
    assert.deepEqual(seen.logins, []);
  });

  it("names a host key of another kind than the declared one", async () => {
    const { connection } = await stage.host();
    const [finding] = await findOne({ ...connection, hostKey: "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY=" });
    assert.match(finding?.message ?? "", /expected ecdsa-sha2-nistp256 SHA256:\S+, found ssh-ed25519 SHA256:\S+$/);
  });

  it("never trusts a host whose key nobody has declared, and says which line would declare it", async () => {
    const { connection, seen } = await stage.host();
    const { hostKey, ...unknown } = connection;
    const [finding, ...more] = await findOne(unknown);
    assert.deepEqual(more, []);
    assert.match(finding?.message ?? "", /^none is declared for gateway-1, and it shows ssh-ed25519 SHA256:/);
    assert.ok(finding?.hint?.includes(`"[127.0.0.1]:${connection.port} ${hostKey}"`), finding?.hint);
    assert.deepEqual(seen.logins, []);
  });

  it("names one that accepts and says nothing, in time", async () => {
    const place = await stage.listen(() => undefined);
    const start = Date.now();
    const findings = await findOne({ ...place, user: "root", hostKey: keyPair().shown }, { limit: 400 });
    assert.match(problems(findings).join(), /SSH banner: at \S+ it accepted the connection and sent no SSH banner/);
    // Ten times the limit: for a machine that is busy.
    assert.ok(Date.now() - start < 4000);
  });

  it("names one that begins its banner too slowly", async () => {
    const place = await stage.listen((socket) => void socket.write("Welcome"));
    const findings = await findOne({ ...place, user: "root", hostKey: keyPair().shown }, { limit: 400 });
    assert.match(problems(findings).join(), /SSH banner: at \S+ it sent "Welcome", which is no SSH banner/);
  });

  it("waits for a banner that is late, and in pieces", async () => {
    const { connection } = await stage.host({ answer: answering(() => healthyFacts()) });
    const late = await stage.listen((socket) => {
      setTimeout(() => {
        const target = connect(connection.port, connection.address).on("error", () => undefined);
        socket.pipe(target);
        target.once("data", (banner: Buffer) => {
          target.pause();
          socket.write("Welcome\r\nSS");
          setTimeout(() => {
            socket.write(banner.subarray(2));
            target.pipe(socket);
          }, 100);
        });
      }, 300);
    });
    assert.deepEqual(problems(await findOne({ ...connection, ...late })), []);
    const changed = await findOne({ ...connection, ...late, hostKey: keyPair().shown });
    assert.match(problems(changed).join(), /^host key: has changed/);
  });

  it("names one that sends lines without end instead of a banner", async () => {
    const place = await stage.listen((socket) => void socket.write("x".repeat(10_000)));
    const findings = await findOne({ ...place, user: "root", hostKey: keyPair().shown });
    assert.match(problems(findings).join(), /it sends "x{30}"…, which is no SSH banner$/);
  });

  it("names one that refuses the connection, and one that closes it", async () => {
    const place = await stage.listen((socket) => socket.end());
    const closed = await findOne({ ...place, user: "root", hostKey: keyPair().shown });
    assert.match(problems(closed).join(), /SSH banner: .* sent no SSH banner: /);
    stage.end();
    const refused = await findOne({ ...place, user: "root", hostKey: keyPair().shown });
    assert.match(problems(refused).join(), /connection: no SSH at \S+: it refuses the connection/);
  });

  it("names a refused log-in, and whose key is wanted where", async () => {
    const { connection, seen } = await stage.host({ authenticate: (context) => context.reject(["publickey"]) });
    const findings = await findOne({ ...connection, user: "deploy" });
    assert.match(problems(findings).join(), /^log-in: deploy is refused with the agent's keys: /);
    assert.match(findings.at(-1)?.hint ?? "", /~deploy\/\.ssh\/authorized_keys/);
    assert.ok(seen.logins.every((user) => user === "deploy") && seen.logins.length > 0);
  });

  it("goes on with the next key where the agent does not use one", async () => {
    const keys = [keyPair().parsed, keyPair().parsed];
    const { connection } = await stage.host({ answer: answering(() => healthyFacts()) });
    const socket = await stage.agent(folder, keys, keys.slice(0, 1));
    assert.deepEqual(problems(await findOne(connection, { socket })), []);
    const locked = await stage.agent(folder, keys, keys);
    assert.match(problems(await findOne(connection, { socket: locked })).join(), /log-in: .*\(agent: Agent responded/);
  });

  it("looks at the host key without an agent, and tries no log-in", async () => {
    const { connection, seen } = await stage.host();
    const findings = await findOne(connection, { keys: { files: [] } });
    assert.deepEqual(
      findings.map(({ check, level }) => [check, level]),
      [
        ["host key", Level.Fine],
        ["log-in", Level.Warning],
      ],
    );
    assert.deepEqual(seen.logins, []);
  });

  it("names a user whose shell runs no script, and shows what it says without what a terminal obeys", async () => {
    const evil = "\u001b]0;owned\u0007This account is\u202e disabled.\u001b[2J";
    const { connection } = await stage.host({ answer: answering(() => `${evil}\n`) });
    const findings = await findOne(connection);
    assert.match(problems(findings).join(), /answer: logged in as root, and its shell runs no script, but says "/);
    const text = reportText([{ subject: "gateway-1", findings }]);
    assert.doesNotMatch(text, obeyed);
  });

  it("shows nothing of a host's facts that a terminal obeys", async () => {
    const evil = healthyFacts().replace(/^os PRETTY_NAME .*$/m, 'os PRETTY_NAME "\u001b[31mDebian\u009b2J"');
    const { connection } = await stage.host({
      answer: answering(() => evil.replaceAll("UP own", "\u001b[1mDOWN own")),
    });
    const text = reportText([{ subject: "gateway-1", findings: await findOne(connection) }]);
    assert.match(text, /\\u001b\[31mDebian\\u009b2J/);
    assert.doesNotMatch(text, obeyed);
  });

  it("takes what came of an answer that is cut off, and says so", async () => {
    const { connection } = await stage.host({
      answer: answering(() => healthyFacts().replace(/\nspace [^]*$/, "\nspace /va")),
    });
    const findings = await findOne(connection);
    assert.match(problems(findings).join(), /^answer: is cut off/);
    assert.ok(findings.some(({ check, level }) => check === "interfaces" && level === Level.Fine));
  });

  it("ends with a host that answers and never stops", async () => {
    const { connection } = await stage.host({
      answer: (channel) => {
        const more = (): void => void channel.write("y\n".repeat(20_000), () => setImmediate(more));
        more();
      },
    });
    assert.match(
      problems(await findOne(connection)).join(),
      /^answer: logged in as root, and its shell runs no script/,
    );
  });

  it("ends with a host that never answers, or stops in the middle", async () => {
    const silent = await stage.host({ answer: () => undefined });
    const beginning = healthyFacts().replace(/space [^]*/, "");
    const stopping = await stage.host({ answer: (channel) => void channel.write(beginning) });
    const both = await find([silent.connection, stopping.connection], { limit: 2500 });
    const [ofSilent = [], ofStopping] = both.map(problems);
    assert.match(ofSilent[0] ?? "", /^answer: logged in as root, and its shell runs no script$/);
    assert.equal(ofSilent.length, 1);
    assert.deepEqual(ofStopping, ["answer: is cut off: the host did not tell all of itself in time"]);
  });

  it("enters a bastion once for all hosts behind it, and names it where it lets nobody in", async () => {
    const bastion = await stage.host();
    const hosts = await Promise.all([1, 2, 3].map(() => stage.host({ answer: answering(() => healthyFacts()) })));
    const through = hosts.map(({ connection }) => ({ ...connection, bastion: bastion.connection }));
    for (const findings of await find(through)) assert.deepEqual(problems(findings), []);
    assert.equal(bastion.seen.connections, 1);

    const strange = { ...bastion.connection, hostKey: keyPair().shown };
    for (const findings of await find(through.map((connection) => ({ ...connection, bastion: strange }))))
      assert.match(
        problems(findings).join(),
        /^bastion: its bastion root@127\.0\.0\.1:\d+ cannot be entered: host key: it is not the declared one$/,
      );
  });
});
