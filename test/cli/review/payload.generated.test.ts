import assert from "node:assert/strict";
import fc from "fast-check";
import { packageList } from "../../../host/HostPackages.ts";
import { payload } from "../../../host/payload.ts";
import { sentBy } from "../../../cli/review/payload.ts";
import { anyCharacter } from "../../anyCharacter.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const text = fc.string({ unit: anyCharacter, maxLength: 60 }).map((one) => one.replaceAll("\0", "").toWellFormed());

describe("what is sent to a host", () => {
  it("is read back as it was written, whatever the texts hold", () => {
    const mode = fc.constantFrom("0644", "0600", "0755");
    const files = fc.uniqueArray(fc.record({ path: name, text, mode }), { selector: ({ path }) => path, maxLength: 5 });
    fc.assert(
      fc.property(name, name, files, (assembly, unit, files) => {
        const sorted = [...files].sort((one, other) => (one.path < other.path ? -1 : 1));
        const ended = sorted.map((file) => ({ ...file, text: file.text.replace(/[^\n]$/, "$&\n") }));
        const whole = ended.map((file) => ({
          ...file,
          text: /(?:^|\n)$/.test(file.text) ? file.text : `${file.text}\n`,
        }));
        assert.deepEqual(sentBy(payload({ assembly, unit, files })), { kind: "unit", assembly, unit, files: whole });
      }),
    );
  });

  it("is read back where it is a list of packages", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.uniqueArray(name), (packages, masked) => {
        const sent = sentBy(packageList({ packages, maskedUntilConfigured: masked }));
        assert.deepEqual(sent, { kind: "packages", packages: [...packages].sort(), masked: [...masked].sort() });
      }),
    );
  });
});
