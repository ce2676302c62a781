import assert from "node:assert/strict";
import fc from "fast-check";
import { parseFacts } from "../../../cli/status/facts.ts";
import { anyCharacter } from "../../anyCharacter.ts";

const told = `Welcome
gatebox-status 1
clock 1000
drained 940
address 192.168.1.11
address fd00::11
assembly gateway 400
interrupted gateway
changed gateway 300
unit gateway mybox.pool
unit gateway mybox.wiki
last gateway failed
assembly vip 900
fails gateway haproxy.service is failed
runs vip
alerts {"status":"success"}
end
`;

describe("what a host tells gatebox status", () => {
  it("is read line by line", () => {
    assert.deepEqual(parseFacts(told), {
      whole: true,
      clock: 1000,
      drained: 940,
      addresses: new Set(["192.168.1.11", "fd00::11"]),
      assemblies: [
        {
          name: "gateway",
          changed: 300,
          changedBy: ["mybox.pool", "mybox.wiki"],
          lastFailed: true,
          interrupted: true,
          runs: false,
          failure: "haproxy.service is failed",
        },
        { name: "vip", changed: 900, changedBy: [], lastFailed: false, interrupted: false, runs: true },
      ],
      alerts: { json: '{"status":"success"}' },
    });
  });

  it("is nothing where the script has not begun, and not whole where it is cut off anywhere", () => {
    assert.equal(parseFacts("Welcome\n"), undefined);
    const begun = told.indexOf("clock");
    for (let length = begun; length < told.length - "end\n".length; length += 1)
      assert.equal(parseFacts(told.slice(0, length))?.whole, false, `after ${length} characters`);
  });

  it("may be anything at all", () => {
    const line = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc
        .tuple(
          fc.constantFrom(
            "clock",
            "drained",
            "address",
            "assembly",
            "changed",
            "unit",
            "last",
            "interrupted",
            "fails",
            "alerts",
          ),
          fc.string({ unit: anyCharacter }),
        )
        .map((words) => words.join(" ")),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const facts = parseFacts(["gatebox-status 1", ...lines, "end"].join("\n"));
        assert.ok(facts?.whole);
        for (const { name, changed } of facts.assemblies) assert.ok(name !== "" && Number.isSafeInteger(changed));
      }),
    );
  });
});
