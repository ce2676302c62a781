import assert from "node:assert/strict";
import { X509Certificate, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { authorityOf } from "../../host/certificates.ts";

describe("certificates of hosts", () => {
  const publicKey = () => generateKeyPairSync("ed25519").publicKey.export({ format: "pem", type: "spki" }).toString();

  it("are signed by the box's authority, made out to the host, and the same at every run", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 32 }), fc.stringMatching(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/), (secret, host) => {
        const key = publicKey();
        const { certificate, certify } = authorityOf(secret, "protobox");
        const authority = new X509Certificate(certificate);
        const own = new X509Certificate(certify(host, key));
        assert.ok(authority.ca && authority.verify(authority.publicKey));
        assert.ok(!own.ca && own.checkIssued(authority) && own.verify(authority.publicKey));
        assert.equal(own.subject, `CN=${host}`);
        assert.equal(own.publicKey.export({ format: "pem", type: "spki" }), key);
        assert.equal(authorityOf(secret, "protobox").certify(host, key), own.toString());
        assert.equal(new Date(own.validFrom).getFullYear(), 2020);
      }),
      { numRuns: 40 },
    );
  });

  it("are worth nothing to the authority of another secret", () => {
    const [one, other] = [authorityOf("a".repeat(64), "protobox"), authorityOf("b".repeat(64), "protobox")];
    const certificate = new X509Certificate(one.certify("gateway-1", publicKey()));
    const stranger = new X509Certificate(other.certificate);
    assert.ok(!certificate.verify(stranger.publicKey) && !certificate.checkIssued(stranger));
    assert.doesNotMatch(one.certificate, /PRIVATE/);
  });
});
