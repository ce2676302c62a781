import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { takeDown } from "../../lab/down.ts";
import { exec, execChecked } from "../../lab/hosts/exec.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { runInNamespace } from "../../lab/network/namespaces.ts";
import { run } from "../../lab/run.ts";
import { labNamed, namespaceOf, readRecord } from "../../lab/state.ts";
import { bringUp } from "../../lab/up.ts";
import { startFarServer, type FarServer } from "./farServer.ts";

const gateway = hostNamed("gateway-1");
const webserver = hostNamed("webserver-1");

const lab = labNamed(`t${process.pid}-up`);

/**
 * Whether a host gets an answer over HTTP. Everything here is on one machine: where none must come, two seconds are long.
 *
 * @param seconds for one that must come: ten, for a machine busy with compilers
 */
async function answers(host: string, url: string, seconds = 2): Promise<boolean> {
  const script = `curl -s --noproxy '*' --max-time ${seconds} ${url}`;
  return (await exec(lab, host, script, { timeoutSeconds: 20 })).stdout === "far away";
}

describe("the uplink of a lab", function () {
  // Without the image in the cache, `up` installs a base system first: a minute here, more over a slow line.
  this.timeout(600_000);

  // An address of the internet (here of a network for documentation, so that it is nobody's) and private ones.
  const PUBLIC = "198.51.100.7";
  const PRIVATE = ["10.77.66.5", "172.20.66.5", "192.168.77.5", "100.99.66.5", "169.254.66.5"];
  let far: FarServer | undefined;

  before(async () => {
    await bringUp(lab, { hosts: ["client", webserver.name, gateway.name], quiet: true });
    far = await startFarServer(namespaceOf(lab, "far"), [PUBLIC, ...PRIVATE], [80, 443, 8080]);
  });
  after(async () => {
    await far?.close();
    await takeDown(lab, { quiet: true });
  });

  it("lets downloads pass from public addresses", async () => {
    assert.ok(await answers(gateway.name, `http://${PUBLIC}/`, 10));
    assert.ok(await answers(gateway.name, `http://${PUBLIC}:443/`, 10));
  });

  it("lets nothing else pass from there", async () => {
    assert.ok(!(await answers(gateway.name, `http://${PUBLIC}:8080/`)));
  });

  for (const address of PRIVATE) {
    it(`drops what goes to ${address}`, async () => {
      const fromMachine = await run("curl", ["-s", "--noproxy", "*", "--max-time", "10", `http://${address}/`]);
      assert.equal(fromMachine.stdout, "far away", "the machine itself must reach it, or this test shows nothing");
      // Past the host's own refusal too: the rules on the machine are what counts.
      const args = ["-s", "--noproxy", "*", "--max-time", "2", `http://${address}/`];
      const router = runInNamespace(namespaceOf(lab, "uplink"), "curl", args);
      assert.ok(!(await answers(gateway.name, `http://${address}/`)));
      assert.equal((await router).stdout, "");
    });
  }

  it("does not reach the machine itself", async () => {
    const machine = `100.127.${(await readRecord(lab))?.index}.1`;
    const server = createServer((_, response) => response.end("far away")).listen(0, machine);
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://${machine}:${(server.address() as AddressInfo).port}/`;
    const fromMachine = await run("curl", ["-s", "--noproxy", "*", "--max-time", "10", url]);
    const fromHost = await answers(gateway.name, url);
    server.close();
    assert.equal(fromMachine.stdout, "far away");
    assert.ok(!fromHost);
  });

  it("is no way from one host to another", async () => {
    const { stdout } = await exec(lab, gateway.name, "ip -4 -o address show dev uplink");
    const address = /inet ([\d.]+)/.exec(stdout)?.[1] ?? "";
    const probe = (target: string, seconds: number): string =>
      `timeout ${seconds} bash -c 'read -r x < /dev/tcp/${target}/22; echo "$x"'`;
    assert.match((await exec(lab, gateway.name, probe(address, 10))).stdout, /^SSH-2.0/);
    assert.equal((await exec(lab, webserver.name, probe(address, 3))).stdout, "");
  });

  it("does not exist on the client", async () => {
    assert.ok(!(await answers("client", `http://${PUBLIC}/`)));
    const { stdout } = await exec(lab, "client", "ip -4 route show");
    assert.deepEqual(stdout.match(/^\S+/gm), ["192.168.0.0/24"]);
  });

  it("is the way to packages and no more: the main table is the host's own, its default route included", async () => {
    const way = async (host: string, to: string): Promise<string> => {
      const { stdout, stderr } = await exec(lab, host, `ip -4 -o route get ${to}`);
      return /(via \S+ )?dev \S+/.exec(stdout)?.[0] ?? stderr.trim();
    };
    const main = async (host: string): Promise<string> =>
      (await exec(lab, host, "ip -4 route show default")).stdout.trim();

    assert.equal(await main(gateway.name), "default via 192.168.2.254 dev gateway-network proto static");
    assert.equal(await way(gateway.name, PUBLIC), "via 100.64.0.1 dev uplink");
    assert.equal(await way(gateway.name, "192.168.0.100"), "via 192.168.2.254 dev gateway-network");
    assert.equal(await way(gateway.name, "192.168.1.21"), "dev box-network");
    // As the pods' networks: what the main table has in particular goes before the uplink.
    await execChecked(lab, gateway.name, "ip route add", "ip route add 10.233.65.0/24 via 192.168.1.12");
    assert.equal(await way(gateway.name, "10.233.65.7"), "via 192.168.1.12 dev box-network");

    assert.equal(await main(webserver.name), "");
    assert.equal(await way(webserver.name, PUBLIC), "via 100.64.0.1 dev uplink");
    assert.match(await way(webserver.name, "192.168.1.21"), /Network is unreachable/);
  });

  it("fetches and installs packages", async () => {
    // Lists of packages come from a mirror outside: minutes over a slow line.
    await execChecked(lab, gateway.name, "apt-get update", "apt-get -q update", { timeoutSeconds: 240 });
    const install = "DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends netcat-openbsd";
    await execChecked(lab, gateway.name, "apt-get install", install, { timeoutSeconds: 240 });
  });
});
