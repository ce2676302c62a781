import assert from "node:assert/strict";
import fc from "fast-check";
import { anyCharacter } from "../../anyCharacter.ts";
import { fine, Level, warning, wrong, type Group } from "../../../cli/doctor/finding.ts";
import { obeyed } from "./obeyed.ts";
import { countOf, reportJson, reportText, summary } from "../../../cli/doctor/report.ts";

const groups: readonly Group[] = [
  { subject: "this machine", findings: [fine("Node", "Node 24.21.0"), fine("Pulumi", "Pulumi 3.250.0")] },
  {
    subject: "gateway-1",
    at: "deploy@192.168.1.11:22",
    findings: [
      warning("disk", "100 MB are free at /usr, and packages want 512", "make room"),
      fine("log-in", "log-in"),
      wrong("clock", "is 3600.0 s behind this machine's (± 0.0 s)", "set it there"),
    ],
  },
];

describe("the report of gatebox doctor", () => {
  it("has the groups in order: what is fine in a line, then errors, then warnings, each with the way out", () => {
    assert.equal(
      reportText(groups),
      `this machine
  ✔ Node 24.21.0, Pulumi 3.250.0
gateway-1 (deploy@192.168.1.11:22)
  ✔ log-in
  ✖ clock: is 3600.0 s behind this machine's (± 0.0 s)
    → set it there
  ! disk: 100 MB are free at /usr, and packages want 512
    → make room
`,
    );
    assert.equal(summary(groups, 1234), "1 error, 1 warning in 1.2 s: mend what is marked ✖ before `pulumi up`\n");
    assert.equal(summary([], 1234), "no errors, no warnings in 1.2 s: `pulumi up` finds what it needs\n");
  });

  it("has all of it in JSON", () => {
    const report = JSON.parse(reportJson("protobox", groups));
    assert.deepEqual([report.box, report.errors, report.warnings, report.findings.length], ["protobox", 1, 1, 5]);
    assert.deepEqual(report.findings[4], {
      subject: "gateway-1",
      at: "deploy@192.168.1.11:22",
      check: "clock",
      level: "error",
      message: "is 3600.0 s behind this machine's (± 0.0 s)",
      hint: "set it there",
    });
  });

  it("has nothing in it that a terminal obeys, whatever was found", () => {
    const likely = fc.constantFrom("\u001b", "\u009b", "\u202e", "\u2028", "\r", "\n", "\u0007");
    const text = fc.string({ unit: fc.oneof(likely, anyCharacter) });
    fc.assert(
      fc.property(text, text, text, text, (subject, at, message, hint) => {
        const found = [{ subject, at, findings: [wrong(message, message, hint), fine(message, message)] }];
        assert.doesNotMatch(reportText(found), obeyed);
        assert.equal(reportText(found).split("\n").length, 5);
        assert.doesNotMatch(reportJson("x", found), obeyed);
        assert.equal(countOf(found, Level.Error), 1);
      }),
    );
  });
});
