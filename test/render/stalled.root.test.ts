import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { stalledFiles } from "../../render/stalled/index.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";

const link = { network: "box-network", address: "192.168.1.11", neighbour: "192.168.1.50" };
const port = 5432;

/** The script of a gateway beside programs of several names; the server falls silent with connections to it open. */
describe("render: the end of stalled connections", function () {
  // It takes a second; a machine under load gets several times that.
  this.timeout(60_000);
  let host: Sandbox;

  before(async () => {
    host = await Sandbox.make([link]);
    host.run('cp "$(command -v socat)" /run/haproxy; cp /run/haproxy /run/other');
    host.start(`socat -u TCP-LISTEN:${port},fork,reuseaddr OPEN:/dev/null`, "box-network");
    host.start("/run/haproxy TCP-LISTEN:8080,fork,reuseaddr 'SYSTEM:while sleep 0.1; do echo x || exit; done'");
    await until(() => host.run("ss -Hltn sport = :8080").stdout !== "");
    await until(() => host.run(`ss -Hltn sport = :${port}`, "box-network").stdout !== "");
    host.start(`socat -u TCP:${link.address}:8080 OPEN:/dev/null`, "box-network");
    for (const program of ["haproxy", "other"])
      host.start(
        `sh -c 'while sleep 0.1; do echo x || exit; done 2>/dev/null | /run/${program} -u - TCP:${link.neighbour}:${port}'`,
      );
    await until(() => connections().length === 3);
  });
  after(() => host.remove());

  const connections = (): string[] =>
    host
      .run(`ss -Hntp state established | sed -n 's/.*:\\([0-9]*\\) *users:(("\\([a-z]*\\)".*/\\2 \\1/p'`)
      .stdout.split("\n")
      .map((line) => (line.endsWith(` ${port}`) ? line : line.split(" ")[0]!))
      .sort();

  it("ends what the program has asked for, on any port, and no connection of others or to itself", async () => {
    assert.deepEqual(connections(), ["haproxy", `haproxy ${port}`, `other ${port}`]);
    const { code, stderr } = host.run(
      "nft -f - <<'RULES'\ntable ip silent { chain in { type filter hook input priority 0; policy drop; }; }\nRULES",
      "box-network",
    );
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    for (const { path, text } of stalledFiles({
      assembly: "gateway",
      process: "haproxy",
      serversNetwork: "192.168.1.0/24",
    })) {
      const file = `/etc/gatebox/gateway/${path}`;
      assert.equal(host.run(`mkdir -p ${file.replace(/[^/]*$/, "")} && cat >${file} <<'END'\n${text}END`).stderr, "");
    }
    const script = host.start("perl /etc/gatebox/gateway/scripts/stalled");
    const [said] = (await once(script.stdout!, "data")) as [Buffer];
    assert.match(said.toString(), /^192\.168\.1\.50:5432 does not receive what 192\.168\.1\.11:\d+ sends; ending/);
    await until(() => !connections().includes(`haproxy ${port}`));
    // Nor does any other end.
    await pause(1000);
    assert.deepEqual(connections(), ["haproxy", `other ${port}`]);
  });
});
