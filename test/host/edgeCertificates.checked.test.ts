import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { edgeAuthorityOf } from "../../host/edgeCertificates.ts";

describe("openssl, asked for the certificate of web servers that the box issues", () => {
  const names = ["protobox.test", "*.site.protobox", "192.168.0.33", "2001:db8::33"];
  let directory: string;
  before(() => (directory = mkdtempSync(path.join(tmpdir(), "gatebox-edge-"))));
  after(() => rmSync(directory, { recursive: true }));

  /** What its strictest check says. */
  async function verify(secret: string, signer: string, ...asked: readonly string[]): Promise<string> {
    const at = (name: string): string => path.join(directory, name);
    writeFileSync(at("ca.pem"), (await edgeAuthorityOf(signer, "protobox")).certificate);
    writeFileSync(at("edge.pem"), (await edgeAuthorityOf(secret, "protobox")).pairFor(names).certificate);
    const args = ["verify", "-x509_strict", "-check_ss_sig", "-purpose", "sslserver", ...asked];
    const answer = spawnSync("openssl", [...args, "-no-CApath", "-CAfile", at("ca.pem"), at("edge.pem")], { encoding: "utf8", timeout: 30_000 }); // prettier-ignore
    return answer.status === 0 ? "good" : `${answer.stdout}${answer.stderr}`;
  }

  it("takes it for each of its names, now and in thirty years", async () => {
    const secret = "a".repeat(64);
    for (const name of ["protobox.test", "registry.site.protobox"])
      assert.equal(await verify(secret, secret, "-verify_hostname", name), "good");
    for (const address of ["192.168.0.33", "2001:db8::33"])
      assert.equal(await verify(secret, secret, "-verify_ip", address), "good");
    const later = String(Math.floor(Date.now() / 1000) + 30 * 365 * 86_400);
    assert.equal(await verify(secret, secret, "-attime", later), "good");
  });

  it("refuses it for others' names, and of another authority", async () => {
    const secret = "a".repeat(64);
    assert.match(await verify(secret, secret, "-verify_hostname", "a.registry.site.protobox"), /hostname mismatch/i);
    assert.match(await verify(secret, secret, "-verify_ip", "192.168.0.34"), /IP address mismatch/i);
    assert.match(await verify(secret, "b".repeat(64)), /unable to get local issuer certificate/i);
  });
});
