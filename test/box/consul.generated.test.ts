import assert from "node:assert/strict";
import fc from "fast-check";
import { gossipKeyFault } from "../../components/consulSecrets.ts";
import { hashicorp } from "./aptKeys.ts";
import { parseProtobox, violationsOf } from "./parsing.ts";

const consul = { repository: "hashicorp", network: "box-network" };
const faults = (changes: object): string[] =>
  violationsOf(() => parseProtobox({ aptRepositories: { hashicorp }, consul: { ...consul, ...changes } })).filter(
    (one) => !one.startsWith("aptRepositories"),
  );
const hosts = ["gateway-1", "gateway-2", "gateway-3", "gateway-4", "gateway-5", "supervisor-1", "master-1", "master-2", "master-3", "node-1"]; // prettier-ignore

describe("generated: Consul", function () {
  // Each is a whole box.
  this.timeout(120_000);

  it("has an odd number of servers, at most seven, or two, or one: whichever hosts they are, in whatever order", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(hosts), (servers) => {
        const many = servers.length;
        const isFine = [1, 2, 3, 5, 7].includes(many);
        const found = faults({ servers: { hosts: servers } });
        assert.equal(found.length, isFine ? 0 : 1, found.join("\n"));
        if (!isFine) assert.match(found[0]!, /^consul\.servers: /);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses a host that is named again, wherever that stands", () => {
    fc.assert(
      fc.property(fc.constantFrom(...hosts), fc.nat(2), (again, at) => {
        const servers = hosts.filter((one) => one !== again).slice(0, 2);
        servers.splice(at, 0, again);
        const found = faults({ servers: { hosts: [...servers, again] } });
        assert.deepEqual(found, [`consul.servers.hosts[3]: ${again} is named already: remove one of the two`]);
      }),
      { numRuns: 20 },
    );
  });

  it("has a datacentre whose name is a label of DNS, or has underscores, and no other", () => {
    const characters = fc.constantFrom(...Array.from("abz09-_"), "A", ".", " ", "ü", "/", '"', "\n");
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 66 }), (datacenter) => {
        const all = Array.from(datacenter);
        const isSound = (one: string): boolean => "abz09-_".includes(one);
        const isEnd = (one = "-"): boolean => "abz09".includes(one);
        const isFine = all.every(isSound) && isEnd(all[0]) && isEnd(all.at(-1)) && all.length <= 63;
        assert.equal(faults({ datacenter }).length, isFine ? 0 : 1, JSON.stringify(datacenter));
      }),
      { numRuns: 80 },
    );
    for (const [length, many] of [
      [63, 0],
      [64, 1],
    ] as const)
      assert.equal(faults({ datacenter: "a".repeat(length) }).length, many);
  });

  it("takes 32 bytes in Base64 for a gossip key and nothing else, and quotes none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 66 }), (bytes) => {
        const key = Buffer.from(bytes).toString("base64");
        const fault = gossipKeyFault(key);
        assert.equal(fault === undefined, bytes.length === 32);
        if (bytes.length > 6) assert.ok(fault === undefined || !fault.includes(key));
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => assert.notEqual(gossipKeyFault(`${text}!`), undefined)));
    for (const spoilt of ["", `${"A".repeat(43)}=\n`, ` ${"A".repeat(43)}=`, "A".repeat(43), `${"A".repeat(43)}==`])
      assert.notEqual(gossipKeyFault(spoilt), undefined, JSON.stringify(spoilt));
  });
});
