import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { KnownHosts } from "../../box/knownHosts.ts";
import { hostKeyFault } from "../../box/sshKeys.ts";
import { hostKeyFor } from "./hostKey.ts";

const first = hostKeyFor("first");
const second = hostKeyFor("second");

/** A name as `ssh-keygen -H` hides it. */
function hashed(name: string): string {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
}

describe("KnownHosts", () => {
  const cases = [
    { title: "a name", text: `gateway-1 ${first}`, finds: first },
    { title: "an address among several names", text: `gw,192.168.1.11 ${first} a comment`, finds: first },
    { title: "a hashed name", text: `${hashed("gateway-1")} ${first}`, finds: first },
    { title: "the address before the name", text: `gateway-1 ${first}\n192.168.1.11 ${second}`, finds: second },
    { title: "Windows' line ends", text: `gateway-1 ${first}\r\n`, finds: first },
    { title: "no commented line", text: `# gateway-1 ${first}`, finds: undefined },
    { title: "no other host's line", text: `gateway-10 ${first}`, finds: undefined },
    { title: "no certificate authority", text: `@cert-authority gateway-1 ${first}`, finds: undefined },
    { title: "no revoked key", text: `gateway-1 ${first}\n@revoked * ${first}`, finds: undefined },
    { title: "no key for another port", text: `[gateway-1]:2222 ${first}`, finds: undefined },
    { title: "a key for the port", text: `[gateway-1]:2222 ${first}`, port: 2222, finds: first },
  ];
  for (const { title, text, port = 22, finds } of cases) {
    it(`finds ${title}`, () => {
      assert.equal(new KnownHosts(text).find(["192.168.1.11", "gateway-1"], port).key, finds);
    });
  }

  it("prefers Ed25519 to other types of one host", () => {
    const text = `gateway-1 ${rsaKey}\ngateway-1 ${first}`;
    assert.equal(new KnownHosts(text).find(["gateway-1"], 22).key, first);
  });

  it("accepts what OpenSSH makes as ECDSA keys, and passes over RSA keys wherever another is", () => {
    assert.equal(hostKeyFault(ecdsaKey), undefined);
    const found = new KnownHosts(`192.168.1.11 ${rsaKey}\ngateway-1 ${ecdsaKey}`).find(
      ["192.168.1.11", "gateway-1"],
      22,
    );
    assert.equal(found.key, ecdsaKey);
    assert.deepEqual(found.malformed, []);
  });
});

// Made by ssh-keygen for this test; their private halves were thrown away.
const rsaKey =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC2bdlsu8hg4aWYkru5U9/8Yp/+nXRwcv9jZ/h+Sz370xdKAHaHB4msZ/TAzQwUKzxTsGMOqRoviMdGQbIgae8kphc8EWn7J5ORw0DE9RQ4giNXk+MYDO4BVtXzrMceb0uHe6f56/KLEhAPcHsOA6TgAypufY0X31ZjvbI3RrFTvyCLDJhkOFP26RqgmgKXfjrK0Mhv45xgBBoQuXbyvDp5maq8+JCajL+Z3kJkaub8zqZvmSdOm2BAqKBqRcCnmuaHgFqoIUM9xobHsDvDSIFi46My60N6kZlEoaHQZzNPrHviJI/2vajVl246vduxWAGaKDOkrbj8u2iw8y2ocAS3";
const ecdsaKey =
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNRZNAUy/kZgypQBvd+n5+pO6yZj7fMs8NB5lkq8CrVCvVghQ3Co9ApReaUPSWDQulcZ3Bkxq7p+v4gvFv+gl/8=";
