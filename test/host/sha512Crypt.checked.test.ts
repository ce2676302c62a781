import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { sha512Crypt } from "../../host/sha512Crypt.ts";

describe("a hash of a password", () => {
  it("is that of crypt(3), for any password", () => {
    const salt = fc.stringMatching(/^[./0-9A-Za-z]{1,16}$/);
    // Few runs: openssl is started for each.
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 200, unit: "grapheme" }).filter((one) => !/[\p{Cc}]/u.test(one)),
        salt,
        (password, one) => {
          const { stdout } = spawnSync("openssl", ["passwd", "-6", "-salt", one, "-stdin"], { input: `${password}\n`, encoding: "utf8", timeout: 20_000 }); // prettier-ignore
          assert.equal(sha512Crypt(password, one), stdout.trim());
        },
      ),
      { numRuns: 20 },
    );
    assert.throws(() => sha512Crypt("a", "$6$"), /a salt has/);
  });
});
