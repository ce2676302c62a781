import assert from "node:assert/strict";
import fc from "fast-check";
import { Stage } from "../../../cli/ssh/stopped.ts";
import type { Visit } from "../../../cli/ssh/visit.ts";
import { needsAttention, type BoxStatus } from "../../../cli/status/status.ts";
import { statusText } from "../../../cli/status/text.ts";
import { printableData } from "../../../cli/status/printableData.ts";
import { anyCharacter } from "../../anyCharacter.ts";
import { answered, box, NOW, rowOf, saying, servingLines, statusWith, wellLines } from "./sampleStatus.ts";

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

  it("names a host that is drained, for how long, and how that ends; nobody has to come for it", () => {
    const lines = wellLines("webserver-2", []);
    const status = statusWith({ "webserver-2": answered([...lines.slice(0, -1), `drained ${NOW - 300}`, "end"]) });
    assert.equal(rowOf(status, "webserver-2").drainedAgo, 300);
    assert.equal(rowOf(status, "webserver-1").drainedAgo, undefined);
    assert.equal(needsAttention(status), false);
    assert.match(
      statusText(status),
      /^webserver-2 .*\n {2}drained 5 min ago; it takes traffic again with: gatebox undrain webserver-2\n/m,
    );
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

  it("is that a host serves, does not, is drained, or is not known", () => {
    const lines = wellLines("gateway-2", []);
    const and = (...more: string[]): string[] => [...lines.slice(0, -1), ...more, "end"];
    const servesAt = (visit: Visit) => rowOf(statusWith({ "gateway-2": visit }), "gateway-2").serves;
    const ill = ["gatebox-serving 1", "ill\tgateway\tnothing answers on 192.168.1.12:8405/healthz", "end"];
    assert.equal(servesAt(answered(lines)), "yes");
    assert.equal(servesAt(answered(and("fails gateway haproxy.service is failed"))), "no");
    assert.equal(servesAt(answered(lines, ill)), "no");
    assert.equal(servesAt(answered(and("drained 5"))), "drained");
    assert.equal(servesAt(answered(and("drained 5"), ill)), "no");
    assert.equal(servesAt(answered(lines, ["gatebox-serving 1"])), "unknown");
    assert.equal(servesAt(answered(lines.slice(0, -1))), "unknown");
    assert.equal(servesAt({ stopped: { stage: Stage.Banner, problem: "silent" } }), "unknown");
    // Nobody is served by what watches.
    assert.equal(servesAt(answered(and("fails node-exporter x.service is failed"))), "yes");
  });

  it("names a program that does not answer though it runs, once", () => {
    const ill = ["gatebox-serving 1", "ill\tgateway\tnothing answers on 192.168.1.12:8405/healthz", "end"];
    const lines = wellLines("gateway-2", []);
    const stopped = lines.map((line) => (line === "runs gateway" ? "fails gateway haproxy.service is failed" : line));
    const problems = [lines, stopped].map((one) => rowOf(statusWith({ "gateway-2": answered(one, ill) }), "gateway-2").problems); // prettier-ignore
    assert.deepEqual(problems, [
      ["gateway: nothing answers on 192.168.1.12:8405/healthz"],
      ["gateway: haproxy.service is failed; look there: systemctl status haproxy.service"],
    ]);
  });

  it("names routes behind which nothing can be reached, and shows those that lack something", () => {
    const routes = ["route\tgateway\twiki-30170\t0\t3", "route\tgateway\tgit-30180\t1\t3"];
    const status = statusWith({ "gateway-2": answered(wellLines("gateway-2", []), servingLines("gateway-2", routes)) });
    assert.deepEqual(rowOf(status, "gateway-2").problems, [
      "gateway: nothing behind the route wiki-30170 can be reached",
    ]);
    assert.match(statusText(status), /^git-30180 +gateway-2 +1 of 3$/m);
    assert.match(statusText(status), /^wiki-30170 +gateway-2 +0 of 3, down$/m);
  });

  it("counts the days of certificates, and names those that end soon", () => {
    const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
    /** As OpenSSL writes the time. */
    const until = (days: number): string => {
      const at = new Date((NOW + days * 86_400 + 60) * 1000);
      return `${months[at.getUTCMonth()]} ${at.getUTCDate()} ${at.toISOString().slice(11, 19)} ${at.getUTCFullYear()} GMT`;
    };
    const rows = [14, 13, -1].map((days) => {
      const lines = servingLines("webserver-2", [`certificate\tshown to clients\t${until(days)}`]);
      return rowOf(statusWith({ "webserver-2": answered(wellLines("webserver-2", []), lines) }), "webserver-2");
    });
    assert.deepEqual(
      rows.map(({ certificates, problems }) => [certificates[0]?.days, ...problems]),
      [
        [14],
        [13, "the certificate shown to clients is valid for 13 more days: renew it"],
        [-1, "the certificate shown to clients is not valid any more"],
      ],
    );
  });

  it("names a change that failed, and what the last one was for", () => {
    const lines = wellLines("gateway-2", []).slice(0, -1);
    const record = [`changed gateway ${NOW - 60}`, "unit gateway mybox.wiki", "last gateway failed"];
    const row = rowOf(statusWith({ "gateway-2": answered([...lines, ...record, "end"]) }), "gateway-2");
    assert.deepEqual([row.changedAgo, row.change], [60, { assembly: "gateway", units: ["mybox.wiki"] }]);
    assert.match(row.problems.join(), /^gateway: its last change failed, .* `pulumi up` tries it again$/);
  });

  it("needs a person where something differs, or could not be compared", () => {
    const drift = { kind: "unit", assembly: "gateway", unit: "", where: "haproxy.service", problem: "masked", detail: "", diff: [] }; // prettier-ignore
    const comparing = (drifts: (typeof drift)[], unknown: string[]) => statusWith({}, { "gateway-2": { host: "gateway-2", drifts, unknown } }); // prettier-ignore
    assert.equal(needsAttention(comparing([], [])), false);
    assert.equal(needsAttention(comparing([], ["rules: they do not load"])), true);
    assert.equal(needsAttention(comparing([drift], [])), true);
    assert.match(statusText(comparing([drift], [])), /^ {2}≠ unit haproxy\.service \(gateway\): masked$/m);
  });

  it("has no password of a URL in it, whoever says it", () => {
    const said = "curl: cannot reach https://ops:hunter2@grafana.test/?token=hunter2";
    const lines = wellLines("gateway-2", []).slice(0, -1);
    const status = statusWith({
      "gateway-1": { answer: { text: "", errors: said, sent: 0 } },
      "gateway-2": answered([...lines, `fails gateway ${said}`, `no-alerts ${said}`, "end"]),
    });
    assert.equal(JSON.stringify(status).split("cannot reach").length, 4);
    assert.doesNotMatch(JSON.stringify(status), /hunter2/);
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
        const status = saying(words);
        for (const text of [statusText(status), JSON.stringify(printableData(status))])
          assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 50 },
    );
  });
});
