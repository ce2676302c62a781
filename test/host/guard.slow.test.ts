import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { isRunning, SandboxHost } from "./sandboxHost.ts";

/** A TCP connection as between an operator and a host's sshd, and what sshd would tell about it. */
class OperatorConnection {
  readonly #server: Server = createServer();
  client!: Socket;
  hostSide!: Socket;

  async open(address: string, listening = address): Promise<this> {
    this.#server.listen(0, listening);
    await once(this.#server, "listening");
    this.client = connect((this.#server.address() as AddressInfo).port, address);
    [this.hostSide] = (await once(this.#server, "connection")) as [Socket];
    this.client.resume();
    for (const side of [this.client, this.hostSide]) side.on("error", () => undefined);
    return this;
  }

  get variable(): string {
    const { remoteAddress, remotePort, localAddress, localPort } = this.hostSide;
    // sshd shows an IPv4 client as such, also when its socket is an IPv6 one.
    const plain = (address = "") => address.replace(/^::ffff:/, "");
    return [plain(remoteAddress), remotePort, plain(localAddress), localPort].join(" ");
  }

  close(): void {
    this.client.destroy();
    this.hostSide.destroy();
    this.#server.close();
  }
}

describe("the guard of the way in", () => {
  let host: SandboxHost;
  let operator: OperatorConnection;
  const guarded = (text: string, seconds = "60") =>
    host.base(text, [{ path: "lifecycle/guard", text: `${seconds}\n` }]);
  const until = async (condition: () => boolean) => {
    // The guard's second, a probe that runs on, and a file system that is told to write all it has while others fill it.
    for (const end = Date.now() + 60_000; !condition() && Date.now() < end;) await setTimeout(20);
    assert.ok(condition());
  };

  beforeEach(async () => {
    host = new SandboxHost();
    host.env["GATEBOX_WAY_IN_TRIES"] = "12";
    operator = await new OperatorConnection().open("127.0.0.1");
    assert.equal((await host.apply(guarded("good\n"))).code, 0);
    host.calls();
  });
  afterEach(async () => {
    operator.close();
    // Where the guard is at work by itself, it may look once more.
    await until(() => host.leftovers().length === 0);
    host.delete();
  });

  for (const [address, listening] of [
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1", "::"],
    ["::1", "::1"],
  ] as const) {
    it(`lets a change pass that a connection from ${address} survives, sshd listening on ${listening}`, async () => {
      operator.close();
      operator = await new OperatorConnection().open(address, listening);
      // As many tries as a busy machine may need.
      const env = { SSH_CONNECTION: operator.variable, GATEBOX_WAY_IN_TRIES: "100" };
      const run = host.start(["apply"], guarded("better\n"), { env });
      run.stdout.on("data", (text: string) => operator.hostSide.write(text));
      const { code, stdout } = await run.ended;
      assert.equal(code, 0);
      assert.match(stdout, /: edge: trying the way in\nlive as generation 2\n$/);
      assert.equal(host.serving(), "better\n");
    });
  }

  it("goes back when nothing that we send is acknowledged any more", async () => {
    // Nobody carries the runtime's line to the client, as when packets are dropped.
    const ended = await host.apply(guarded("bad\n"), { env: { SSH_CONNECTION: operator.variable } });
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /the operator's own SSH connection stopped answering; .* serves again/);
    assert.equal(host.serving(), "good\n");
    assert.deepEqual(host.calls(), ["check", "activate", "activate", "probe"]);
  });

  it("goes back when the connection is gone", async () => {
    const variable = operator.variable;
    operator.client.destroy();
    await once(operator.hostSide, "close");
    assert.equal((await host.apply(guarded("bad\n"), { env: { SSH_CONNECTION: variable } })).code, 1);
    assert.equal(host.serving(), "good\n");
  });

  it("goes back by itself when the transaction dies", async () => {
    host.behave("probe", `if grep -q bad base.cfg; then touch '${host.path("here")}'; sleep 3; fi`);
    const run = host.start(["apply"], guarded("bad\n", "1"));
    await until(() => existsSync(host.path("here")));
    assert.equal(host.serving(), "bad\n");
    process.kill(run.pid, "SIGKILL");
    await until(() => host.serving() === "good\n" && !existsSync(host.path("var/lib/gatebox/edge/journal")));
    await until(() => host.leftovers().length === 0);
  });

  it("is gone once the transaction has ended, well or not", async () => {
    host.behave(
      "probe",
      `cp '${host.path("run/gatebox/edge.guard")}' '${host.path("armed")}'; if grep -q bad base.cfg; then exit 1; fi`,
    );
    for (const [text, code] of [
      ["better\n", 0],
      ["bad\n", 1],
    ] as const) {
      assert.equal((await host.apply(guarded(text))).code, code);
      const pid = Number(readFileSync(host.path("armed"), "utf8"));
      assert.ok(pid > 1);
      await until(() => !isRunning(pid));
    }
  });

  it("does nothing when it fires after all, and the transaction has ended well", async () => {
    host.calls();
    assert.equal((await host.run(["back", "edge"])).code, 0);
    assert.deepEqual(host.calls(), []);
    assert.equal(host.serving(), "good\n");
  });

  it("is a timer of systemd where that runs", async () => {
    mkdirSync(host.path("run/systemd/system"), { recursive: true });
    for (const tool of ["systemd-run", "systemctl"]) host.tool(tool, `echo ${tool} "$@" >>'${host.path("systemd")}'`);
    assert.equal((await host.apply(guarded("better\n", "45"))).code, 0);
    const lines = readFileSync(host.path("systemd"), "utf8").trim().split("\n");
    const armed = lines.findIndex((line) => line.startsWith("systemd-run"));
    assert.match(lines[armed] ?? "", /--on-active=45 .*--unit=gatebox-guard-edge sh .*unit\.sh back edge$/);
    assert.match(lines.slice(armed).join("\n"), /systemctl stop gatebox-guard-edge\.timer/);
  });

  it("goes back at boot where the machine was reset within the transaction", async () => {
    mkdirSync(host.path("run/systemd/system"), { recursive: true });
    for (const tool of ["systemd-run", "systemctl"]) host.tool(tool, "exit 0");
    const wanted = host.path("etc/systemd/system/multi-user.target.wants/gatebox-back-edge.service");
    host.behave("probe", `if grep -q bad base.cfg; then touch '${host.path("here")}'; sleep 3; fi`);
    const run = host.start(["apply"], guarded("bad\n"));
    await until(() => existsSync(host.path("here")));
    process.kill(run.pid, "SIGKILL");
    await run.ended;
    const [, script, ...words] = /^ExecStart=\/bin\/sh (\S+) (.*)$/m.exec(readFileSync(wanted, "utf8")) ?? [];
    assert.deepEqual([script, words], [host.path("unit.sh"), ["back edge"]]);
    assert.equal((await host.run(["back", "edge"])).code, 0);
    assert.equal(host.serving(), "good\n");
    assert.deepEqual(readdirSync(host.path("etc/systemd/system/multi-user.target.wants")), []);
    assert.deepEqual(readdirSync(host.path("etc/systemd/system")), ["multi-user.target.wants"]);
  });

  it("leaves nothing for the next boot once the transaction has ended, well or not", async () => {
    mkdirSync(host.path("run/systemd/system"), { recursive: true });
    for (const tool of ["systemd-run", "systemctl"]) host.tool(tool, "exit 0");
    const wanted = host.path("etc/systemd/system/multi-user.target.wants/gatebox-back-edge.service");
    host.behave("probe", `test -f '${wanted}' && ! grep -q bad base.cfg`);
    for (const [text, code] of [
      ["better\n", 0],
      ["bad\n", 1],
    ] as const) {
      assert.equal((await host.apply(guarded(text))).code, code);
      assert.equal(existsSync(wanted), false);
    }
  });

  it("stops a change when it cannot be armed", async () => {
    mkdirSync(host.path("run/systemd/system"), { recursive: true });
    host.tool("systemctl", "exit 0");
    host.tool("systemd-run", "echo 'no bus'; exit 1");
    const { code, stderr } = await host.apply(guarded("bad\n"));
    assert.equal(code, 1);
    assert.match(stderr, /cannot arm the guard of the way in; .*\nno bus\n$/);
    assert.equal(host.serving(), "good\n");
  });
});
