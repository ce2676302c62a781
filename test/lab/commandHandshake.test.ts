import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Hop } from "../../lab/plugins/command/ssh/connection.ts";
import { handshake } from "../../lab/plugins/command/ssh/handshake.ts";
import { connectTcp } from "../../lab/plugins/command/ssh/tcp.ts";

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
