import assert from "node:assert/strict";
import fc from "fast-check";
import { editDistance, nearest, suggestion } from "../../box/nearMiss.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "d", "-"), maxLength: 8 });

describe("near misses", () => {
  it("counts edits, a swap of neighbours as one", () => {
    assert.equal(editDistance("arogcd", "argocd"), 1);
    assert.equal(editDistance("kitten", "sitting"), 3);
    assert.equal(editDistance("", "abc"), 3);
  });

  it("is a measure: nothing for equals, the same both ways, bounded by the longer word", () => {
    fc.assert(
      fc.property(word, word, (left, right) => {
        const distance = editDistance(left, right);
        assert.equal(distance === 0, left === right);
        assert.equal(distance, editDistance(right, left));
        assert.ok(distance <= Math.max(left.length, right.length));
      }),
    );
  });

  it("is no other for what both words begin and end with", () => {
    fc.assert(
      fc.property(word, word, word, word, (left, right, begin, end) => {
        assert.equal(editDistance(begin + left + end, begin + right + end), editDistance(left, right));
      }),
    );
  });

  it("finds a word again after one slip", () => {
    const slip = fc.tuple(fc.constantFrom("keycloak", "kibana", "pgadmin4"), fc.nat(), fc.constantFrom("x", ""));
    fc.assert(
      fc.property(slip, ([meant, at, put]) => {
        const position = at % meant.length;
        const slipped = meant.slice(0, position) + put + meant.slice(position + 1);
        assert.equal(nearest(slipped, ["argocd", "dash", "keycloak", "kibana", "pgadmin4"]), meant);
      }),
    );
  });

  it("suggests nothing far off, but lists what there is, the first eight of many", () => {
    assert.equal(suggestion("grafana", ["argocd", "dash"]), " (known: argocd, dash)");
    const many = Array.from({ length: 10 }, (_, index) => `database-${index}`);
    assert.match(suggestion("web", many), /^ \(known: database-0, .*database-7, … 2 more\)$/);
    assert.equal(suggestion("web", []), "");
  });
});
