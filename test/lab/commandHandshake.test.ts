import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import ssh2 from "ssh2";
import { hostKeyFault, uselessHostKey } from "../../box/sshKeys.ts";
import type { Hop } from "../../lab/plugins/command/ssh/connection.ts";
import { handshake } from "../../lab/plugins/command/ssh/handshake.ts";
import { identityOf } from "../../lab/plugins/command/ssh/identity.ts";
import { connectTcp } from "../../lab/plugins/command/ssh/tcp.ts";
import { sshKeyPair } from "../sshKeyPair.ts";

/** A server that accepts connections and then does what `greet` does. */
async function listen(greet: (socket: Socket) => void): Promise<{ server: Server; hop: Hop }> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    greet(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { server, hop: { host: "127.0.0.1", port, user: "root", dialErrorLimit: 0, perDialTimeout: 1 } };
}

const never = new AbortController().signal;

describe("the SSH handshake of the plugin command", () => {
  it("gives up on a server that says nothing, naming its address", async () => {
    const { server, hop } = await listen(() => {});
    try {
      const socket = await connectTcp(hop, never);
      await assert.rejects(handshake(socket, hop, {}, never, 100), {
        message: new RegExp(`^ssh: handshake failed: 127\\.0\\.0\\.1:${hop.port} accepts connections, but .* 0\\.1 s`),
      });
      assert.equal(socket.destroyed, true);
    } finally {
      server.close();
    }
  });

  it("fails at once on a server that closes the connection", async () => {
    const { server, hop } = await listen((socket) => socket.end());
    try {
      await assert.rejects(handshake(await connectTcp(hop, never), hop, {}, never), /^Error: ssh: handshake failed: /);
    } finally {
      server.close();
    }
  });

  describe("with the key of the server's host", () => {
    // By which algorithms OpenSSH proves with a host key of each kind, since version 8.8.
    const kinds = [
      { kind: "ed25519", bits: 256, proves: ["ssh-ed25519"] },
      ...[256, 384, 521].map((bits) => ({ kind: "ecdsa", bits, proves: [`ecdsa-sha2-nistp${bits}`] })),
      { kind: "rsa", bits: 2048, proves: ["rsa-sha2-512", "rsa-sha2-256"] },
    ];
    for (const { kind, bits, proves } of kinds) {
      // The model, which a preview asks, and the plugin of the lab are of one mind; with the vendor's it is by the conformance.
      it(`asks for what sshd can prove with ${kind} of ${bits} bits exactly where the model accepts such a key`, async () => {
        const pair = sshKeyPair(kind, bits);
        // This server, unlike sshd, has SHA-1 as well, beside the others that a client prefers if it knows of them.
        const server = new ssh2.Server({ hostKeys: [pair.private] });
        const asked = new Promise<string>((resolve) => {
          server.on("connection", (client) => {
            client.on("handshake", ({ serverHostKey }) => resolve(serverHostKey));
            client.on("authentication", (context) => context.accept()).on("error", () => {});
          });
        });
        await once(server.listen(0, "127.0.0.1"), "listening");
        const { port } = server.address() as AddressInfo;
        const hop = {
          host: "127.0.0.1",
          port,
          user: "root",
          dialErrorLimit: 0,
          perDialTimeout: 1,
          hostKey: pair.public,
        };
        try {
          const client = await handshake(await connectTcp(hop, never), hop, await identityOf(hop), never, 5000);
          const accepted = uselessHostKey(pair.public) === undefined && hostKeyFault(pair.public) === undefined;
          assert.equal(proves.includes(await asked), accepted, await asked);
          client.end();
        } finally {
          server.close();
        }
      });
    }
  });

  it("ends with the reason of an abort", async () => {
    const { server, hop } = await listen(() => {});
    const abort = new AbortController();
    try {
      const shaking = handshake(await connectTcp(hop, abort.signal), hop, {}, abort.signal);
      abort.abort(new Error("context canceled"));
      await assert.rejects(shaking, /context canceled/);
    } finally {
      server.close();
    }
  });
});
