import assert from "node:assert/strict";
import fc from "fast-check";
import { parseServing } from "../../../cli/status/serving.ts";
import { anyCharacter } from "../../anyCharacter.ts";

const told = [
  "Welcome",
  "gatebox-serving 1",
  "version\thaproxy\t2.6.12-1",
  "well\tgateway",
  "ill\tcontrol-plane\tnothing answers on 192.168.1.11:8406/healthz",
  "route\tgateway\twiki-30170\t2\t3",
  "certificate\tshown to clients\tNov  3 07:05:09 2027 GMT",
  "unknown\troutes of a\tHAProxy does not answer on its command line",
  "end",
  "",
].join("\n");

describe("what a host tells gatebox status of what it serves", () => {
  it("is read line by line", () => {
    assert.deepEqual(parseServing(told), {
      whole: true,
      versions: new Map([["haproxy", "2.6.12-1"]]),
      well: new Set(["gateway"]),
      ill: new Map([["control-plane", "nothing answers on 192.168.1.11:8406/healthz"]]),
      routes: [{ assembly: "gateway", name: "wiki-30170", up: 2, of: 3 }],
      certificates: [{ where: "shown to clients", until: Date.parse("2027-11-03T07:05:09Z") }],
      unknown: ["routes of a: HAProxy does not answer on its command line"],
    });
  });

  it("is nothing where the script has not begun, and not whole where it is cut off anywhere", () => {
    assert.equal(parseServing("Welcome\n"), undefined);
    const begun = told.indexOf("version");
    for (let length = begun; length < told.length - "end\n".length; length += 1)
      assert.equal(parseServing(told.slice(0, length))?.whole, false, `after ${length} characters`);
  });

  it("may be anything at all", () => {
    const kind = fc.constantFrom("version", "well", "ill", "route", "certificate", "unknown");
    const words = fc.array(fc.oneof(fc.string({ unit: anyCharacter }), fc.integer().map(String)), { maxLength: 5 });
    const route = fc.tuple(fc.integer({ min: -1, max: 9 }), fc.integer({ min: -1, max: 9 }));
    const routes = route.map(([up, of]) => `route\ta\tb\t${up}\t${of}`);
    const line = fc.oneof(
      routes,
      fc.tuple(kind, words).map(([first, rest]) => [first, ...rest].join("\t")),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const facts = parseServing(["gatebox-serving 1", ...lines, "end"].join("\n"));
        assert.ok(facts !== undefined);
        for (const { up, of } of facts.routes) assert.ok(Number.isSafeInteger(up) && 0 <= up && up <= of);
        for (const { until } of facts.certificates) assert.ok(Number.isSafeInteger(until));
      }),
    );
  });
});
