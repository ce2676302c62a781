import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { edgeAuthorityOf } from "../../host/edgeCertificates.ts";

/** Host names as web servers take them, without and with `*.` in front. */
const label = fc.stringMatching(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/);
const hostName = fc
  .array(label, { minLength: 1, maxLength: 4 })
  .map((labels) => ["x", ...labels, "box"].join("."))
  .filter((name) => name.length <= 253);
const wildcard = hostName.filter((name) => name.length <= 251).map((name) => `*.${name}`);
const named = fc.array(fc.oneof(hostName, wildcard, fc.ipV4(), fc.ipV6()), { minLength: 1, maxLength: 40 });
const secrets = fc.string({ minLength: 32, maxLength: 64 });

describe("the certificate of web servers that the box issues", () => {
  it("is for all names and addresses, signed by the box's authority, and the same at every run", async () => {
    await fc.assert(
      fc.asyncProperty(secrets, named, async (secret, names) => {
        const { certificate, pairFor } = await edgeAuthorityOf(secret, "protobox");
        const authority = new X509Certificate(certificate);
        const pair = pairFor(names);
        const shown = new X509Certificate(pair.certificate);
        assert.ok(authority.ca && authority.verify(authority.publicKey));
        assert.ok(!shown.ca && shown.checkIssued(authority) && shown.verify(authority.publicKey));
        assert.ok(shown.checkPrivateKey(createPrivateKey(pair.key)));
        for (const name of names) {
          if (/^[\d.]+$|:/.test(name)) assert.ok(shown.checkIP(name) !== undefined, name);
          else assert.ok(shown.checkHost(name.replace("*.", "probe.")) !== undefined, name);
        }
        assert.equal(shown.checkHost("elsewhere.site"), undefined);
        assert.equal(shown.checkIP("203.0.113.1"), names.includes("203.0.113.1") ? "203.0.113.1" : undefined);
        const again = await edgeAuthorityOf(secret, "protobox");
        assert.deepEqual([again.certificate, again.pairFor(names)], [certificate, pair]);
      }),
      { numRuns: 25 },
    );
  });

  it("has another number when it is for other names, or browsers that know the former one refuse it", async () => {
    const { certificate, pairFor } = await edgeAuthorityOf("a".repeat(64), "protobox");
    const pairs = [["a.box"], ["a.box", "b.box"], ["b.box", "a.box"], ["192.168.0.33"]].map(pairFor);
    assert.equal(new Set(pairs.map((pair) => new X509Certificate(pair.certificate).serialNumber)).size, 4);
    assert.equal(new Set(pairs.map(({ key }) => key)).size, 1);
    assert.doesNotMatch(`${certificate}${pairs.map((pair) => pair.certificate).join("")}`, /PRIVATE/);
  });

  it("is of a key of its own, and worth nothing to the authority of another secret", async () => {
    const one = await edgeAuthorityOf("a".repeat(64), "protobox");
    const other = await edgeAuthorityOf("b".repeat(64), "protobox");
    const [own, others] = [one, other].map(({ certificate }) => new X509Certificate(certificate));
    assert.ok(own !== undefined && others !== undefined);
    const pair = one.pairFor(["protobox.test"]);
    const shown = new X509Certificate(pair.certificate);
    assert.ok(!shown.verify(others.publicKey) && !shown.checkIssued(others));
    assert.ok(!own.checkPrivateKey(createPrivateKey(pair.key)));
    assert.notEqual(pair.key, other.pairFor(["protobox.test"]).key);
    assert.notEqual(own.subject, others.subject);
  });

  it("takes an address for what it says, an IPv4 one at its end or not", async () => {
    const { pairFor } = await edgeAuthorityOf("a".repeat(64), "protobox");
    for (const address of ["::192.0.2.1", "::ffff:192.0.2.1", "2001:db8::192.0.2.1", "2001:db8::1", "::"])
      assert.equal(new X509Certificate(pairFor([address]).certificate).checkIP(address), address);
  });

  it("needs somebody to be made out to", async () => {
    const { pairFor } = await edgeAuthorityOf("a".repeat(64), "protobox");
    assert.throws(() => pairFor([]), /needs a name or an address/);
  });
});
