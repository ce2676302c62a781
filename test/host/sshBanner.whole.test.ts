import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, Socket } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { setTimeout } from "node:timers/promises";
import ssh2 from "ssh2";
import type { Connection, SshEndpoint } from "../../box/model.ts";
import { checkSshBanner } from "../../host/sshBanner.ts";

describe("the check of a host's SSH banner", () => {
  // Nobody waits for so long but where nothing is said: a busy machine may be late with what is.
  const limits = { attempt: 3000, total: 0, pause: 30 };
  const impatient = { attempt: 150 };
  const servers: Server[] = [];
  const sockets = new Set<Socket>();

  async function listen(serve: (socket: Socket) => void, port = 0): Promise<SshEndpoint> {
    const server = createServer((socket) => {
      sockets.add(socket.on("error", () => undefined));
      serve(socket);
    });
    servers.push(server);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return {
      address: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      user: "root",
      hostKey: "ssh-ed25519 AAAA",
    };
  }

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  const seen = async (connection: Connection, more: Partial<typeof limits> = {}): Promise<string> => {
    const error = await checkSshBanner("gateway-1", connection, { ...limits, ...more }).then(
      () => assert.fail("the check passed"),
      (reason: unknown) => reason as Error,
    );
    assert.ok(error.message.startsWith(`gateway-1: no SSH at ${connection.address}:${connection.port}`), error.message);
    return error.message;
  };

  it("passes on a server that sends one", async () => {
    await checkSshBanner("gateway-1", await listen((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")), limits);
  });

  it("passes on a server that says something else first, and in pieces", async () => {
    const endpoint = await listen((socket) => {
      socket.write("Welcome\r\nSS");
      void setTimeout(30).then(() => socket.write("H-2.0-x\r\n"));
    });
    await checkSshBanner("gateway-1", endpoint, limits);
  });

  it("fails on a server that accepts and stays silent, in bounded time", async () => {
    const endpoint = await listen(() => undefined);
    const started = Date.now();
    assert.match(
      await seen(endpoint, impatient),
      /: it accepted the connection and stayed silent for 0\.15 s; nothing was sent to it$/,
    );
    // One attempt; the rest is leeway for a busy machine.
    assert.ok(Date.now() - started < 1000);
  });

  it("fails on one that closes", async () => {
    assert.match(await seen(await listen((socket) => socket.end())), /: it closed the connection without a word;/);
  });

  it("fails on one that speaks another protocol, quoting its beginning", async () => {
    const endpoint = await listen((socket) => socket.write("220 mail.example ESMTP\r\n"));
    const said = await seen(endpoint, { attempt: 1000 });
    assert.match(said, /sent "220 mail\.example ESMTP\\r\\n", which is no SSH banner for 1 s/);
  });

  it("fails on one that sends without end", async () => {
    const endpoint = await listen((socket) => socket.write("x".repeat(10_000)));
    assert.match(await seen(endpoint, { total: 10_000 }), /it sent "x{60}", which is no SSH banner; nothing/);
  });

  it("fails where nothing listens", async () => {
    const endpoint = await listen(() => undefined);
    servers.pop()?.close();
    assert.match(await seen(endpoint), /ECONNREFUSED/);
  });

  it("waits for a host that is still starting", async () => {
    const endpoint = await listen(() => undefined);
    servers.pop()?.close();
    const check = checkSshBanner("gateway-1", endpoint, { ...limits, total: 5000 });
    await setTimeout(100);
    await listen((socket) => socket.end("SSH-2.0-x\r\n"), endpoint.port);
    await check;
  });

  it("asks a host that sent one only once, and one that did not again", async () => {
    let connections = 0;
    let banner = "";
    const endpoint = await listen((socket) => {
      connections++;
      socket.end(banner);
    });
    await seen(endpoint);
    banner = "SSH-2.0-x\r\n";
    await Promise.all([1, 2, 3].map(() => checkSshBanner("gateway-1", endpoint, limits)));
    await checkSshBanner("gateway-1", endpoint, limits);
    assert.equal(connections, 2);
  });

  describe("through a bastion", () => {
    const agentBefore = process.env["SSH_AUTH_SOCK"];
    const { privateKey: hostKeyPem } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const parsed = ssh2.utils.parseKey(hostKeyPem);
    assert.ok(!(parsed instanceof Error));
    const hostKey = `ssh-rsa ${parsed.getPublicSSH().toString("base64")}`;
    let bastion: SshEndpoint;
    let logins: string[];

    beforeEach(async () => {
      logins = [];
      // An SSH server that lets everyone in; the agent is asked for keys but not needed.
      process.env["SSH_AUTH_SOCK"] = "/nonexistent";
      const server = new ssh2.Server({ hostKeys: [hostKeyPem] }, (client) => {
        client.on("error", () => undefined);
        client.on("authentication", (context) => {
          logins.push(context.username);
          context.accept();
        });
        client.on("session", (_accept, reject) => reject());
        client.on("tcpip", (accept, reject, { destIP, destPort }) => {
          if (destPort === 1) {
            reject();
            return;
          }
          const target = new Socket().connect(destPort, destIP).on("error", () => undefined);
          target.pipe(accept()).pipe(target);
        });
      });
      bastion = { ...(await listen((socket) => server.injectSocket(socket))), user: "jump", hostKey };
    });
    afterEach(() => {
      if (agentBefore === undefined) delete process.env["SSH_AUTH_SOCK"];
      else process.env["SSH_AUTH_SOCK"] = agentBefore;
    });
    it("reads the host's own banner", async () => {
      const endpoint = await listen((socket) => socket.end("SSH-2.0-x\r\n"));
      await checkSshBanner("gateway-1", { ...endpoint, bastion }, limits);
      assert.deepEqual(logins, ["jump"]);
    });

    it("fails on a host that stays silent behind it", async () => {
      const message = await seen({ ...(await listen(() => undefined)), bastion });
      assert.match(message, /through the bastion 127\.0\.0\.1:\d+: it accepted the connection and stayed silent/);
    });

    it("fails when it cannot reach the host", async () => {
      const target = { ...bastion, port: 1 };
      assert.match(await seen({ ...target, bastion }), /the bastion cannot reach it/);
    });

    it("fails on a key that is not the declared one", async () => {
      const other = { ...bastion, hostKey: "ssh-rsa AAAA" };
      assert.match(await seen({ ...other, port: 22, bastion: other }, { total: 9000 }), /host key is not the declared/);
      assert.deepEqual(logins, []);
    });

    it("fails on one that is silent itself", async () => {
      const silent = await listen(() => undefined);
      assert.match(
        await seen({ ...silent, bastion: silent }, impatient),
        /the bastion: Timed out while waiting for handshake/,
      );
    });

    it("needs an agent", async () => {
      delete process.env["SSH_AUTH_SOCK"];
      assert.match(await seen({ ...bastion, bastion }), /SSH_AUTH_SOCK is not set/);
    });
  });
});
