import assert from "node:assert/strict";
import { assertKept, countSomething, rulesOf } from "./keptRules.ts";
import { cargo, services } from "./registryBox.ts";
import {
  CONFIGURED,
  edited,
  journalPlaces,
  none,
  onHost,
  SERVING,
  sshConnections,
  statusFrom,
  up,
  withoutCluster,
  world,
} from "./world.ts";

/** HAProxy's workers and nginx's generations so far, by what each host's runtime has put in force. */
async function generations(): Promise<Record<string, string>> {
  const { lab } = await world();
  const result: Record<string, string> = {};
  for (const host of CONFIGURED) result[host] = await onHost(lab, host, "readlink -f /etc/gatebox/*");
  return result;
}

describe("applying again", () => {
  it("changes nothing, restarts nothing, loads no rule again and opens no SSH connection", async () => {
    const { lab, stack } = await world();
    await countSomething(lab);
    const running = async (): Promise<object> => ({
      ...(await services(lab, CONFIGURED)),
      ...(withoutCluster ? {} : await cargo(lab)),
    });
    const sooner = await running();
    const rules = await rulesOf(lab);
    const before = await journalPlaces(lab, CONFIGURED);
    const printed = await up(stack, ["--expect-no-changes"]);
    assert.match(printed, /^ {4}\d+ unchanged$/m);
    assert.deepEqual(await sshConnections(lab, before), none(CONFIGURED));
    assert.deepEqual(await running(), sooner);
    assertKept(rules, await rulesOf(lab));
  });

  it("is proved by a count of connections that does see one", async () => {
    const { lab } = await world();
    const before = await journalPlaces(lab, ["gateway-1"]);
    const connect = "timeout 3 bash -c 'exec 3<>/dev/tcp/192.168.1.11/22; read -r line <&3'";
    // sshd logs it a moment after it has answered; now and then a journal has lost the line of so short a connection.
    const deadline = Date.now() + 20_000;
    let counted: number;
    do {
      await onHost(lab, "master-1", connect);
      counted = (await sshConnections(lab, before))["gateway-1"] ?? 0;
    } while (counted < 1 && Date.now() < deadline);
    assert.ok(counted >= 1, `${counted} connections were counted`);
  });
});

describe("removing a service", () => {
  after(async () => {
    const { stack } = await world();
    await stack.configure(await edited(() => undefined));
    await up(stack);
  });

  it("closes its port on every gateway and its location, and leaves the connections of others alive", async () => {
    const { lab, stack } = await world();
    // A request of another service that is under way during the whole change, on one connection through all hops.
    const begun = onHost(
      lab,
      "client",
      "curl -sk -m 60 -w ' %{http_code}' 'https://192.168.0.30/argocd/slow?ms=30000'",
      90,
    );
    const before = await generations();
    await stack.configure(
      await edited((config) => {
        config.deleteIn(["config", "gatebox:services", "dash"]);
      }),
    );
    const printed = await up(stack);
    assert.match(printed, /^ {4}- 9 deleted$/m, printed);
    // Consul's agents on the gateways no longer tell of it, nor do its servers let them; nothing else changes.
    const changed = [...printed.matchAll(/^ ~ +\S+ (\S+) updated/gm)].map(([, name]) => name);
    const access = ["gateway-4", "gateway-5", "supervisor-1"].map((host) => `consul-access-${host}-consul-access`);
    const agents = ["gateway-1", "gateway-2", "gateway-3"].map((host) => `consul-${host}-consul`);
    assert.deepEqual(
      changed.sort(),
      [...access, ...agents].map((name) => `${name}-protobox.pool`),
      printed,
    );
    assert.doesNotMatch(printed, /^ {4}\+/m);
    for (const [host, address] of [
      ["gateway-1", "192.168.2.11"],
      ["gateway-2", "192.168.2.12"],
      ["gateway-3", "192.168.2.13"],
    ] as const) {
      assert.equal(await statusFrom(lab, "webserver-1", `http://${address}:30161/`, 2), 0, `${host} still serves dash`);
      assert.equal(await onHost(lab, host, "ss -Hltn 'sport = :30161'"), "", `${host} still listens`);
    }
    for (const address of ["192.168.0.30", "192.168.0.32"]) {
      assert.equal(await statusFrom(lab, "client", `https://${address}/dash/`), 404);
      assert.equal(await statusFrom(lab, "client", `https://${address}/v-admin/`), 200);
    }
    const after = await generations();
    for (const host of SERVING) assert.notEqual(after[host], before[host], `${host} has no new generation`);
    assert.match(await begun, / 200$/, "the request of argocd that was under way was cut off");
    const services = await stack.pulumi(["stack", "output", "urls", "--json"]);
    assert.ok(!services.stdout.includes("dash"));
  });
});
