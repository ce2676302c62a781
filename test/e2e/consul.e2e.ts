import assert from "node:assert/strict";
import { consulOf, readBox } from "../../box/index.ts";
import { exec } from "../../lab/hosts/exec.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { readRecord, type Lab } from "../../lab/state.ts";
import { stackOutputs, stackTools } from "../../lab/tools.ts";
import { askFrontDoor } from "./frontDoor.ts";
import { secondsUntil } from "./prometheus.ts";
import { CONFIGURED, connects, onHost, world } from "./world.ts";

/** Consul's servers, as they follow from the Protobox. */
const SERVERS = ["gateway-4", "gateway-5", "supervisor-1"] as const;

const addressOf = (host: string): string => hostNamed(host).addresses["box-network"] ?? "";

/** The hosts that have Consul: those that the stack configures, on the box network. */
async function members(lab: Lab): Promise<readonly string[]> {
  const record = await readRecord(lab);
  const further = ["master-2", "master-3", "node-2"].filter((host) => record?.hosts.includes(host));
  return [...CONFIGURED, ...further].filter((host) => addressOf(host) !== "").sort();
}

/** What a host's own Consul answers there; the token stands in no list of processes. */
async function ask(lab: Lab, host: string, what: string, token?: string): Promise<{ status: number; body: string }> {
  const input = token === undefined ? "" : `header = "X-Consul-Token: ${token}"\n`;
  const script = `curl -s --noproxy '*' -m 10 -K - -w '\\n%{http_code}' 'http://127.0.0.1:8500/v1/${what}'`;
  const { stdout } = await exec(lab, host, script, { timeoutSeconds: 15, input });
  const cut = stdout.lastIndexOf("\n");
  return { status: Number(stdout.slice(cut + 1)), body: stdout.slice(0, Math.max(cut, 0)) };
}

/** Who some hosts take for the leader: one address where they agree; "" is nobody. */
async function leaders(lab: Lab, hosts: readonly string[]): Promise<readonly string[]> {
  const said = hosts.map(async (host) => {
    const { status, body } = await ask(lab, host, "status/leader");
    return status === 200 ? (JSON.parse(body) as string) : "";
  });
  return [...new Set(await Promise.all(said))];
}

/** Whether they agree on a leader that is one of them. */
async function agree(lab: Lab, hosts: readonly string[]): Promise<boolean> {
  const [leader, ...others] = await leaders(lab, hosts);
  return others.length === 0 && hosts.some((host) => leader === `${addressOf(host)}:8300`);
}

/** Whether every server is well, so that any one may stop. */
async function isWhole(lab: Lab): Promise<boolean> {
  const token = await onHost(lab, SERVERS[0], "cat /etc/gatebox/consul-access/secrets/management");
  const { body } = await ask(lab, SERVERS[0], "operator/autopilot/health", token);
  return body.includes('"FailureTolerance":1');
}

describe("Consul of the box", () => {
  let logIn: string | undefined;
  let token: string;
  let routes: readonly string[];

  before(async () => {
    const { stack } = await world();
    const outputs = await stackOutputs(stack);
    const box = readBox(outputs["box"]);
    assert.deepEqual([...consulOf(box).servers].sort(), [...SERVERS]);
    routes = [...(box.kubeGateways?.routes ?? []), ...box.services.map(({ gateway }) => gateway)].map(({ name }) => name); // prettier-ignore
    token = String(outputs["consulToken"]);
    ({ logIn } = await stackTools(stack));
  });

  it("has three servers, and one leader whoever is asked", async () => {
    const { lab } = await world();
    const { body } = await ask(lab, "gateway-1", "status/peers");
    assert.deepEqual((JSON.parse(body) as string[]).sort(), SERVERS.map((host) => `${addressOf(host)}:8300`).sort());
    const found = await leaders(lab, await members(lab));
    assert.equal(found.length, 1);
    assert.ok(
      SERVERS.some((host) => found[0] === `${addressOf(host)}:8300`),
      `the leader is "${found[0] ?? ""}"`,
    );
  });

  it("has an agent on every host of the box network, each of them alive", async () => {
    const { lab } = await world();
    const { body } = await ask(lab, "gateway-1", "agent/members", token);
    const seen = (JSON.parse(body) as { Name: string; Status: number }[]).map(({ Name, Status }) => [Name, Status]);
    const alive = 1;
    assert.deepEqual(
      seen.sort(),
      (await members(lab)).map((host) => [host, alive]),
    );
  });

  it("has every route of the gateways as a service, checked on each of them", async () => {
    const { lab } = await world();
    const services = JSON.parse((await ask(lab, "gateway-1", "catalog/services", token)).body) as object;
    assert.deepEqual(Object.keys(services).sort(), ["consul", ...routes].sort());
    for (const route of routes) {
      const { body } = await ask(lab, "gateway-1", `health/service/${route}`, token);
      const nodes = JSON.parse(body) as { Node: { Node: string }; Checks: { ServiceName: string }[] }[];
      assert.deepEqual(nodes.map(({ Node }) => Node.Node).sort(), ["gateway-1", "gateway-2", "gateway-3"]);
      assert.ok(
        nodes.every(({ Checks }) => Checks.some(({ ServiceName }) => ServiceName === route)),
        route,
      );
    }
  });

  it("shows its web interface to who logs in at the web servers, and to nobody else", async () => {
    for (const path of ["/consul/", "/v1/status/leader"]) {
      assert.equal((await askFrontDoor(path, undefined)).status, 401, path);
      assert.equal((await askFrontDoor(path, "operator:wrong-password-1234")).status, 401, path);
      assert.equal((await askFrontDoor(path, logIn)).status, 200, path);
    }
    assert.match((await askFrontDoor("/consul/", logIn)).body, /<title>Consul/);
  });

  it("shows nothing there without a token, and with it services", async () => {
    const services = "/v1/catalog/services";
    assert.deepEqual(JSON.parse((await askFrontDoor(services, logIn)).body), {});
    assert.equal((await askFrontDoor("/v1/kv/anything", logIn)).status, 403);
    assert.equal((await askFrontDoor("/v1/agent/self", logIn)).status, 403);
    const shown = JSON.parse((await askFrontDoor(services, logIn, `X-Consul-Token: ${token}`)).body) as object;
    assert.deepEqual(Object.keys(shown).sort(), ["consul", ...routes].sort());
    // The same on a host.
    const { lab } = await world();
    assert.equal((await ask(lab, "gateway-1", "catalog/services")).body.trim(), "{}");
    assert.equal((await ask(lab, "gateway-1", "kv/anything")).status, 403);
  });

  for (const stopped of SERVERS)
    it(`keeps a leader and answers through the front door within two seconds while ${stopped} is stopped`, async () => {
      const { lab } = await world();
      const others = SERVERS.filter((host) => host !== stopped);
      await secondsUntil("every server is well", 90, () => isWhole(lab));
      await onHost(lab, stopped, "systemctl stop consul");
      try {
        await secondsUntil("the others have a leader", 30, () => agree(lab, others));
        for (let request = 0; request < 5; request++) {
          const { status, body, took } = await askFrontDoor("/v1/status/leader", logIn);
          assert.equal(status, 200, `request ${request}`);
          assert.match(body, /^"192\.168\.1\.\d+:8300"/);
          assert.ok(took < 2, `request ${request} took ${took} s`);
        }
        assert.equal((await askFrontDoor("/consul/", logIn)).status, 200);
      } finally {
        await onHost(lab, stopped, "systemctl start consul");
        await secondsUntil("every server is well again", 90, () => isWhole(lab).catch(() => false));
      }
    });

  it("is closed to the public network, and its API to hosts of the box that are no web servers", async () => {
    const { lab } = await world();
    for (const port of [8300, 8301, 8500, 8501, 8600])
      assert.ok(!(await connects(lab, "client", "192.168.0.33", port)), `client reaches ${port}`);
    for (const server of ["gateway-4", "gateway-5"])
      for (const address of [addressOf(server), hostNamed(server).addresses["gateway-network"] ?? ""])
        for (const port of [8500, 8600])
          assert.ok(!(await connects(lab, "gateway-1", address, port)), `gateway-1 reaches ${address}:${port}`);
    for (const port of [8300, 8301])
      assert.ok(!(await connects(lab, "webserver-1", hostNamed("gateway-4").addresses["gateway-network"] ?? "", port)));
  });
});
