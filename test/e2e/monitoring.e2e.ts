import assert from "node:assert/strict";
import { readRecord, type Lab } from "../../lab/state.ts";
import { lookAtTools, stackTools, toolsServe, type StackTools } from "../../lab/tools.ts";
import { askFrontDoor } from "./frontDoor.ts";
import { query, secondsUntil, SERVERS } from "./prometheus.ts";
import { findSecrets } from "./registryBox.ts";
import { CONFIGURED, connects, GATEWAYS, onHost, WEB, world } from "./world.ts";

/** What every host and program of the box is to Prometheus, as `JOB HOST`. */
async function expectedTargets(lab: Lab): Promise<readonly string[]> {
  const record = await readRecord(lab);
  const masters = ["master-1", "master-2", "master-3"].filter((host) => record?.hosts.includes(host));
  const nodes = ["node-2"].filter((host) => record?.hosts.includes(host));
  const of = (job: string, hosts: readonly string[]): readonly string[] => hosts.map((host) => `${job} ${host}`);
  return [
    ...of("node", [...new Set([...CONFIGURED, ...masters, ...nodes])]),
    ...of("haproxy", GATEWAYS),
    ...of("kube-api-haproxy", masters),
    ...of("etcd", masters),
    ...of("nginx", WEB),
    ...of("prometheus", SERVERS),
    ...of("alertmanager", SERVERS),
  ].sort();
}

describe("monitoring of the box", () => {
  let tools: StackTools;

  before(async () => {
    tools = await stackTools((await world()).stack);
  });

  for (const server of SERVERS)
    it(`has every host and program as a target on ${server}, up`, async () => {
      const { lab } = await world();
      const expected = await expectedTargets(lab);
      const up = async (): Promise<readonly string[]> =>
        (await query(lab, server, "up == 1")).map(({ labels }) => `${labels["job"] ?? ""} ${labels["host"] ?? ""}`);
      await secondsUntil("all targets are up", 30, async () => (await up()).length >= expected.length).catch(() => 0);
      assert.deepEqual([...(await up())].sort(), expected);
      assert.equal((await query(lab, server, "up")).length, expected.length, "no further target");
    });

  it("answers the operator through each web server, and nobody else", async () => {
    const { lab } = await world();
    const seen = await lookAtTools(lab, tools);
    assert.deepEqual(
      seen.map(({ tool, webserver, stranger, operator }) => [tool, webserver, stranger, operator >= 200 && operator < 400]), // prettier-ignore
      ["prometheus", "alertmanager", "consul"].flatMap((tool) => WEB.map((webserver) => [tool, webserver, 401, true])),
    );
    assert.ok(toolsServe(seen));
  });

  it("answers a query through the virtual IP, by the password and by no other", async () => {
    const path = "/prometheus/api/v1/query?query=up";
    const { status, body } = await askFrontDoor(path, tools.logIn);
    assert.equal(status, 200);
    const { data } = JSON.parse(body) as { data: { result: readonly unknown[] } };
    assert.ok(data.result.length >= CONFIGURED.length);
    assert.equal((await askFrontDoor(path, "operator:wrong-password-1234")).status, 401);
    assert.equal((await askFrontDoor("/alertmanager/api/v2/status", tools.logIn)).status, 200);
    // Its pages are Prometheus' own, and lead to no place outside of its path.
    assert.match((await askFrontDoor("/prometheus/classic/graph", tools.logIn)).body, /Prometheus/);
  });

  it("answers through the virtual IP within two seconds while either server is stopped", async () => {
    const { lab } = await world();
    for (const server of SERVERS) {
      await onHost(lab, server, "systemctl stop prometheus");
      try {
        for (let request = 0; request < 5; request++) {
          const { status, took } = await askFrontDoor("/prometheus/api/v1/query?query=vector(1)", tools.logIn);
          assert.equal(status, 200, `request ${request} with ${server} stopped`);
          assert.ok(took < 2, `request ${request} took ${took} s with ${server} stopped`);
        }
      } finally {
        await onHost(lab, server, "systemctl start prometheus");
        await secondsUntil(`${server} answers`, 30, () => query(lab, server, "vector(1)").then(() => true, () => false)); // prettier-ignore
      }
    }
  });

  it("is closed to the public network, and to hosts of the box that are none of its own", async () => {
    const { lab } = await world();
    for (const server of SERVERS)
      for (const port of [9090, 9093, 9094])
        for (const host of ["client", "gateway-1", "supervisor-1"]) {
          const address = `192.168.${host === "supervisor-1" ? 1 : 2}.${server === "gateway-4" ? 14 : 15}`;
          assert.ok(!(await connects(lab, host, address, port)), `${host} reaches ${port} of ${server}`);
        }
  });

  it("keeps the operator's password off every host", async () => {
    const { lab } = await world();
    const password = (tools.logIn ?? "").replace(/^[^:]*:/, "");
    assert.match(password, /^[A-Za-z0-9]{32}$/);
    for (const host of [...WEB, ...SERVERS])
      assert.deepEqual(await findSecrets(lab, host, [password]), { kept: 0, places: [] }, host);
  });
});
