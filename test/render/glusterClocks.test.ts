import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { promisify } from "node:util";

const scripts = path.resolve(import.meta.dirname, "../../render/gluster");

describe("the clocks of servers of GlusterFS", () => {
  const open: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];
  afterEach(() => {
    for (const { server, sockets } of open.splice(0)) {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  /** A server at an address of this machine that says what time it is, `ahead` milliseconds of here; or says nothing. */
  async function server(address: string, ahead: number | undefined): Promise<string> {
    const sockets = new Set<Socket>();
    const made = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      if (ahead !== undefined) socket.end(`${Date.now() + ahead}\n`);
    });
    made.listen(24006, address);
    await once(made, "listening");
    open.push({ server: made, sockets });
    return address;
  }

  async function faults(...addresses: readonly string[]): Promise<{ readonly said: string; readonly seconds: number }> {
    const begun = Date.now();
    const call = ["-euc", '. ./clocks.sh; clock_faults "$@"', "sh", ...addresses];
    const { stdout } = await promisify(execFile)("sh", call, { cwd: scripts, timeout: 20_000 });
    return { said: stdout, seconds: (Date.now() - begun) / 1000 };
  }

  it("are refused where they differ by more than a second, ahead or behind, with the server and by how much", async () => {
    const { said } = await faults(await server("127.0.6.1", 2500), await server("127.0.6.2", -2500));
    const lines = said.trimEnd().split("\n").sort();
    assert.equal(lines.length, 2, said);
    assert.match(
      lines[0]!,
      /^the clock of 127\.0\.6\.1 differs by 2[0-9]{3} ms from this host's: have both follow the same time servers/,
    );
    assert.match(lines[1]!, /^the clock of 127\.0\.6\.2 differs by -2[0-9]{3} ms/);
  });

  it("are fine below that, and where nobody says what time it is", async () => {
    const { said, seconds } = await faults(
      await server("127.0.6.3", 900),
      await server("127.0.6.4", -900),
      await server("127.0.6.5", undefined),
      "127.0.6.6",
    );
    assert.equal(said, "");
    assert.ok(seconds < 4.5, `${seconds} s`);
  });
});
