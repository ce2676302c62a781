import assert from "node:assert/strict";
import { controlPlaneFiles } from "../../render/controlPlane/index.ts";
import { controlPlaneChanges } from "../box/controlPlane.ts";
import { parseProtobox } from "../box/parsing.ts";
import { checkHaproxy } from "./checkers.ts";

describe("render/controlPlane, read by HAProxy,", () => {
  const files = (changes: object = {}) => {
    const box = parseProtobox({ ...controlPlaneChanges(), ...changes });
    return controlPlaneFiles(box, box.hosts["master-1"]!);
  };

  it("is accepted without a warning, with names and without", () => {
    for (const changes of [{}, { "controlPlane.serverNames": [] }]) {
      const { ok, words } = checkHaproxy(files(changes));
      // The states of the servers are kept on hosts alone.
      const warnings = words
        .split("\n")
        .filter((line) => /\[(?:WARNING|ALERT)\]/.test(line) && !line.includes("servers.state"));
      assert.deepEqual({ ok, warnings }, { ok: true, warnings: [] });
    }
  });

  it("is refused without the cluster's CA, which stands beside it", () => {
    const { ok, words } = checkHaproxy(files().filter(({ path }) => path !== "haproxy/ca.pem"));
    assert.equal(ok, false);
    assert.match(words, /ca\.pem/);
  });
});
