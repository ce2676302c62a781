import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import fc from "fast-check";

const source = path.resolve(import.meta.dirname, "../../render/certificates/metrics.pl");

// In place of collect.pl: a file that is there for each date, and what OpenSSL would say of it.
const harness = `
my @dates = map { chomp; $_ } <STDIN>;
sub lines_of { return ('/') x @dates }
sub answer_of { return 'notAfter=' . shift @dates }
sub metric { my (undef, undef, undef, @samples) = @_; print "$$_[0]\\n" for @samples }
do $ARGV[0] or die $@;
`;

function secondsOf(dates: readonly string[]): { readonly code: number | null; readonly seconds: readonly number[] } {
  const input = dates.map((one) => `${one}\n`).join("");
  const { status, stdout } = spawnSync("perl", ["-e", harness, source], { encoding: "utf8", input, timeout: 20_000 });
  return { code: status, seconds: stdout.split("\n").filter(Boolean).map(Number) };
}

/** As OpenSSL writes a moment: `Nov  3 07:05:09 2027 GMT`. */
function written(date: Date): string {
  const [, day = "", month, year, time] = date.toUTCString().split(" ");
  return `${month} ${String(Number(day)).padStart(2)} ${time} ${year} GMT`;
}

describe("render/certificates", () => {
  it("reads every moment that a certificate may end at", () => {
    const moments = fc.date({
      min: new Date("1970-01-01"),
      max: new Date("9999-12-31T23:59:59Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.array(moments, { minLength: 200, maxLength: 400 }), (dates) => {
        const { code, seconds } = secondsOf(dates.map(written));
        assert.equal(code, 0);
        assert.deepEqual(
          seconds,
          dates.map((date) => Math.floor(date.getTime() / 1000)),
        );
      }),
      { numRuns: 10 },
    );
  });

  it("tells nothing where that is no moment", () => {
    for (const text of ["", "Foo  3 07:05:09 2027 GMT", "Nov  3 07:05:09 2027", "2027-11-03 07:05:09Z"])
      assert.notEqual(secondsOf([text]).code, 0, text);
  });
});
