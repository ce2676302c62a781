import assert from "node:assert/strict";
import { parsePreview, PreviewRefused } from "../../../cli/review/preview.ts";
import { previewOf, previewText, urnOf } from "./previews.ts";

const refused = (text: string, message: RegExp): void =>
  assert.throws(
    () => parsePreview(text),
    (error) => error instanceof PreviewRefused && message.test(error.message),
  );

describe("reading a preview", () => {
  it("takes what a wrapper has printed before it", () => {
    const { stack, project, changes } = parsePreview(`warning: slow\n${previewText([{ name: "a", after: {} }])}`);
    assert.deepEqual([stack, project, changes.length], ["dev", "box", 1]);
  });

  it("refuses what is none, and quotes nothing of it", () => {
    refused("", /^the preview is empty; make it with: pulumi preview --json/);
    refused("[]", /^this is not the JSON of a preview/);
    refused('{"password": "horse-battery"', /^this is not the JSON of a preview; make it with[^{]*$/);
    refused('{"steps": []}', /^there is no step in it/);
    refused('{"steps": [{"op": "create"}]}', /^a step has no urn: create/);
  });

  it("refuses a saved plan, which has no previous texts", () => {
    refused('{"manifest": {}, "resourcePlans": {}}', /^this is a saved plan.*--save-plan plan\.json > preview\.json$/);
  });

  it("refuses a preview that has failed, in its own words, passwords of URLs left out", () => {
    const diagnostics = [
      { severity: "warning", message: "slow" },
      { severity: "error", message: "error: two violations:\n  https://me:horse@site: \u001b[2Jno\n" },
    ];
    refused(
      JSON.stringify({ steps: [{ op: "same", urn: urnOf("a") }], diagnostics }),
      /^the preview has failed, so it does not say what would change:\nerror: two violations:\n {2}https:\/\/…@site: \\u001b\[2Jno$/,
    );
  });

  it("joins the steps of what is replaced", () => {
    const { changes } = previewOf([
      { name: "a", before: { port: 1 }, op: "delete-replaced" },
      { name: "a", before: { port: 1 }, after: { port: 2 }, op: "replace" },
      { name: "a", after: { port: 2 }, op: "create-replacement" },
    ]);
    assert.equal(changes.length, 1);
    assert.deepEqual(
      [changes[0]?.kind, changes[0]?.before?.inputs, changes[0]?.after?.inputs],
      ["replaced", { port: 1 }, { port: 2 }],
    );
  });

  it("keeps no secret of the configuration", () => {
    const { config } = previewOf([{ name: "a", after: {} }], { "gatebox:hosts": "{}", "gatebox:key": "[secret]" });
    assert.deepEqual(config, { "gatebox:hosts": "{}" });
  });
});
