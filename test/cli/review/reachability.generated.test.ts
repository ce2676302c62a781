import assert from "node:assert/strict";
import fc from "fast-check";
import { addressSet, everybody, isWithin, union } from "../../../cli/review/addressSpace.ts";
import { reachChanges, ReachKind, type Names } from "../../../cli/review/reachability.ts";
import type { HostFile } from "../../../cli/review/openings.ts";

const network = fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 28, max: 32 }));
const cidr = network.map(([last, length]) => `192.0.2.${last}/${length}`);
const cidr6 = fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 124, max: 128 })).map(([last, length]) => `2001:db8::${last.toString(16)}/${length}`); // prettier-ignore

describe("sets of addresses", () => {
  const single = fc.integer({ min: 0, max: 15 });
  /** The plain way: one address after the other. */
  const has = (all: readonly string[], last: number): boolean =>
    all.some((one) => {
      const [, base, length] = /\.(\d+)\/(\d+)$/.exec(one) ?? [];
      const size = 2 ** (32 - Number(length));
      return Math.floor(Number(base) / size) === Math.floor(last / size);
    });

  it("hold an address where one of their networks does, and none of the other family", () => {
    fc.assert(
      fc.property(fc.array(cidr), single, (all, last) => {
        assert.equal(isWithin(addressSet([`192.0.2.${last}`]), addressSet(all)), has(all, last));
        // The same number as an IPv6 address is another address.
        assert.equal(isWithin(addressSet([`::c000:20${last.toString(16)}`]), addressSet(all)), false);
      }),
    );
  });

  it("are within others where each of their addresses is", () => {
    fc.assert(
      fc.property(fc.array(cidr), fc.array(cidr), (one, other) => {
        const each = Array.from({ length: 16 }, (_, last) => last).every((last) => !has(one, last) || has(other, last));
        assert.equal(isWithin(addressSet(one), addressSet(other)), each);
      }),
    );
  });

  it("are all within everybody, and within what they are joined to", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(cidr, cidr6)), fc.array(fc.oneof(cidr, cidr6)), (one, other) => {
        assert.ok(isWithin(addressSet(one), everybody));
        assert.ok(isWithin(addressSet(one), union([addressSet(other), addressSet(one)])));
      }),
    );
  });
});

describe("differences of rules", () => {
  const ports = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 4 })).map(([first, more]) => [first, first + more] as const); // prettier-ignore
  const rule = fc.record({ ports, from: fc.option(fc.array(cidr, { minLength: 1, maxLength: 3 })) });
  type Rule = { readonly ports: readonly [number, number]; readonly from: readonly string[] | null };
  const file = (rules: readonly Rule[]): HostFile => ({
    host: "a",
    assembly: "firewall",
    unit: "box.pool",
    path: "nft/firewall.nft",
    text: `    chain input {\n${rules.map(({ ports: [first, last], from }) => `        iifname "lan" ${from === null ? "" : `ip saddr { ${from.join(", ")} } `}tcp dport ${first === last ? first : `${first}-${last}`} accept comment "x"\n`).join("")}    }\n`,
  });
  const names: Names = { networkOf: (_, link) => link, nameOf: (one) => one, declarationOf: () => undefined };
  const covers = (rules: readonly Rule[], port: number, last: number): boolean =>
    rules.some(
      ({ ports: [from, to], from: sources }) =>
        from <= port && port <= to && (sources === null || isWithin(addressSet([`192.0.2.${last}`]), addressSet(sources))),
    ); // prettier-ignore

  it("are new or wider just where somebody can reach a port that could not", () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), fc.array(rule, { maxLength: 4 }), (before, after) => {
        const changes = reachChanges([file(before)], [file(after)], names);
        const opened = changes.filter(({ kind }) => kind === ReachKind.New || kind === ReachKind.Wider);
        for (let port = 1; port <= 16; port += 1) {
          const isOpened =
            Array.from({ length: 16 }, (_, last) => last).some((last) => covers(after, port, last) && !covers(before, port, last)) ||
            (after.some(({ ports: [first, last], from }) => from === null && first <= port && port <= last) &&
              !before.some(({ ports: [first, last], from }) => from === null && first <= port && port <= last)); // prettier-ignore
          const isTold = opened.some(({ ports }) => {
            const [first = 0, last = first] = ports.split("–").map(Number);
            return first <= port && port <= last;
          });
          assert.equal(isTold, isOpened, `port ${port}: ${JSON.stringify(changes)}`);
        }
      }),
    );
  });
});
