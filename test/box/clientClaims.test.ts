import assert from "node:assert/strict";
import fc from "fast-check";
import { claimFamilies, claimNames, honestNames, isClaim, isSetByEdge } from "../../box/clientClaims.ts";

describe("claims of clients", () => {
  it("are known by their family, in any letter case, with any of - _ . between words", () => {
    const family = fc.constantFrom(...claimFamilies, ...claimNames);
    const between = fc.constantFrom("-", "_", ".");
    fc.assert(
      fc.property(family, between, fc.boolean(), (name, mark, upper) => {
        const written = name.replaceAll("-", mark);
        assert.ok(isClaim(upper ? written.toUpperCase() : written), written);
      }),
    );
  });

  it("are any header that begins like a family", () => {
    const end = fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/);
    fc.assert(
      fc.property(fc.constantFrom(...claimFamilies), end, (family, rest) => {
        const name = `${family}${rest}`;
        assert.equal(isClaim(name), !honestNames.includes(name.toLowerCase()), name);
      }),
    );
  });

  for (const name of [
    ...["Authorization", "Cookie", "User-Agent", "Host", "Accept", "Content-Type", "Origin", "Referer", "From"],
    ...[
      "X-CSRF-Token",
      "X-Requested-With",
      "X-Api-Key",
      "X-Auth-Token",
      "X-User-Agent",
      "X-Grafana-Org-Id",
      "kbn-xsrf",
    ],
    ...[
      "X-Client-Version",
      "X-Vault-Token",
      "PRIVATE-TOKEN",
      "traceparent",
      "Sec-WebSocket-Key",
      "X-HTTP-Method-Override",
    ],
    ...["X-Authenticity-Token", "X-Amzn-Trace-Id", "HTTP2-Settings", "Upgrade-Insecure-Requests"],
  ])
    it(`are not: ${name}`, () => assert.equal(isClaim(name), false));

  it("are also what the web servers say of a request themselves", () => {
    for (const name of ["x-real-ip", "X-Forwarded-For", "X_FORWARDED_PROTO"]) {
      assert.deepEqual([isClaim(name), isSetByEdge(name)], [true, true], name);
    }
    assert.equal(isSetByEdge("X-Forwarded-User"), false);
  });
});
