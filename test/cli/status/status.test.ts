import assert from "node:assert/strict";
import fc from "fast-check";
import { registry } from "../../../render/registry.ts";
import { Stage } from "../../../cli/ssh/stopped.ts";
import type { Visit } from "../../../cli/ssh/visit.ts";
import { boxStatus, needsAttention, type BoxStatus } from "../../../cli/status/status.ts";
import { statusText } from "../../../cli/status/text.ts";
import { printableData } from "../../../cli/status/printableData.ts";
import { anyCharacter } from "../../anyCharacter.ts";
import { parseProtobox } from "../../box/parsing.ts";

const NOW = 1_000_000;
const box = parseProtobox();

/** The lines that a host of the Protobox prints where all is well; it holds the addresses named. */
function wellLines(host: string, addresses: readonly string[]): string[] {
  const assemblies = registry.assembliesOf(box, box.hosts[host] ?? assert.fail(host)).map(({ name }) => name);
  return [
    "gatebox-status 1",
    `clock ${NOW}`,
    ...addresses.map((address) => `address ${address}`),
    ...assemblies.flatMap((name) => [`assembly ${name} ${NOW - 600}`, `runs ${name}`]),
    "end",
  ];
}

const answerOf = (lines: readonly string[]) => ({ text: `${lines.join("\n")}\n`, errors: "", sent: 0 });

/** What a host says of what it serves, where all is well. */
function servingLines(host: string): string[] {
  const serving = registry.assembliesOf(box, box.hosts[host] ?? assert.fail(host)).filter(({ serves }) => serves);
  return ["gatebox-serving 1", ...serving.map(({ name }) => `well\t${name}`), "end"];
}

/** A visit to a host; what it serves is well where nothing else is said. */
const answered = (lines: readonly string[], serving = ["gatebox-serving 1", "well\tgateway", "end"]): Visit => ({
  answer: answerOf(lines),
  further: [answerOf(serving)],
});

/** The status of the Protobox where all is well, but for the visits named. */
function statusWith(changed: Readonly<Record<string, Visit>> = {}): BoxStatus {
  const holderOf = (pool: string): string => box.pools[pool]?.members[0] ?? "";
  const visited = Object.values(box.hosts).flatMap((host) => {
    const { connection, name } = host;
    if (connection === undefined) return [];
    const held = Object.values(box.virtualIps).filter(({ pool }) => holderOf(pool) === name);
    const lines = wellLines(
      name,
      held.map(({ address }) => address),
    );
    return [{ host, connection, visit: changed[name] ?? answered(lines, servingLines(name)) }];
  });
  return boxStatus(box, visited, NOW * 1000);
}

const rowOf = ({ hosts }: BoxStatus, name: string) => hosts.find(({ host }) => host === name) ?? assert.fail(name);

describe("the status of a box", () => {
  it("needs nobody where all hosts serve and each address has one holder", () => {
    const status = statusWith();
    assert.deepEqual(
      status.hosts.flatMap(({ problems }) => problems),
      [],
    );
    assert.equal(needsAttention(status), false);
    assert.deepEqual(rowOf(status, "webserver-1").pools, ["webservers-pool"]);
    assert.equal(rowOf(status, "webserver-1").changedAgo, 600);
  });

  it("names the host that is away, and how to look at it", () => {
    const status = statusWith({ "gateway-2": { stopped: { stage: Stage.Connection, problem: "refused" } } });
    assert.deepEqual(rowOf(status, "gateway-2").problems, [
      "connection: refused; look: ssh -p 22 root@192.168.1.12 true",
    ]);
    assert.ok(needsAttention(status));
  });

  it("names the unit that is not up, and how to look at it", () => {
    const lines = wellLines("gateway-2", []).filter((line) => line !== "runs gateway");
    const status = statusWith({
      "gateway-2": answered([...lines.slice(0, -1), "fails gateway haproxy.service is failed", "end"]),
    });
    assert.deepEqual(rowOf(status, "gateway-2").problems, [
      "gateway: haproxy.service is failed; look there: systemctl status haproxy.service",
    ]);
    assert.ok(!rowOf(status, "gateway-2").running.includes("gateway"));
  });

  it("names what was never applied", () => {
    const lines = wellLines("gateway-2", []).filter((line) => !line.startsWith("assembly gateway "));
    assert.deepEqual(rowOf(statusWith({ "gateway-2": answered(lines) }), "gateway-2").problems, [
      "not applied: gateway; `pulumi up` does it",
    ]);
  });

  it("says of a host that was cut off that not all is known", () => {
    const lines = wellLines("gateway-2", []).slice(0, 4);
    assert.match(rowOf(statusWith({ "gateway-2": answered(lines) }), "gateway-2").problems.join(), /did not tell all/);
  });

  it("finds an address without a holder, and says who did not answer", () => {
    const [edge] = Object.values(box.virtualIps);
    assert.ok(edge);
    const holder = box.pools[edge.pool]?.members[0] ?? "";
    const nobody = statusWith({ [holder]: answered(wellLines(holder, []), servingLines(holder)) });
    const problemOf = (status: BoxStatus) => status.virtualIps.find(({ name }) => name === edge.name)?.problem;
    assert.equal(problemOf(nobody), "held by nobody: see what its hosts lack");
    const silent = statusWith({ [holder]: { stopped: { stage: Stage.Banner, problem: "silent" } } });
    assert.equal(problemOf(silent), `held by nobody who answered (${holder} did not)`);
  });

  it("finds an address with two holders", () => {
    const [edge] = Object.values(box.virtualIps);
    assert.ok(edge);
    const [first = "", second = ""] = box.pools[edge.pool]?.members ?? [];
    const status = statusWith({ [second]: answered(wellLines(second, [edge.address]), servingLines(second)) });
    const found = status.virtualIps.find(({ name }) => name === edge.name);
    assert.deepEqual(found?.holders, [first, second]);
    assert.match(found.problem ?? "", /do not hear each other/);
  });
});

describe("the status of a box, as text", () => {
  it("is tables, and what is wrong stands below its row", () => {
    const status = statusWith({ "gateway-2": { stopped: { stage: Stage.Connection, problem: "refused" } } });
    const lines = statusText(status).split("\n");
    assert.match(lines[0] ?? "", /^HOST +POOLS +SERVES +RUNS +HOLDS +ROUTES +CERTIFICATE +CHANGED$/);
    const row = lines.findIndex((line) => line.startsWith("gateway-2 "));
    assert.match(lines[row] ?? "", /^gateway-2 +kube-gateway-pool +not known +nothing +– +– +– +–$/);
    assert.equal(lines[row + 1], "  ✖ connection: refused; look: ssh -p 22 root@192.168.1.12 true");
    assert.ok(
      lines.some((line) => /^edge +192\.168\.0\.33 +webserver-1$/.test(line)),
      lines.join("\n"),
    );
    assert.match(lines.at(-2) ?? "", /^Alerts are not known/);
  });

  it("holds nothing that a terminal obeys, whatever hosts say", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (words) => {
        const said = words.replace(/[\r\n]/g, "");
        const lines = wellLines("gateway-2", []);
        const visits = { "gateway-2": answered([...lines.slice(0, -1), `fails gateway ${said}`, "end"]) };
        const status = statusWith(visits);
        for (const text of [statusText(status), JSON.stringify(printableData(status))])
          assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 50 },
    );
  });
});
