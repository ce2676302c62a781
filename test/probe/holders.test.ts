import assert from "node:assert/strict";
import {
  answerersOf,
  changesOf,
  holdsIpv4,
  holdsIpv6,
  spansOf,
  timeUntilOne,
  timeWith,
  type Change,
} from "../faults/probe/holders.ts";

/** What a kernel prints for a host with 192.168.0.30 and, where wished, another address of the same network. */
function fibTrie(second = ""): string {
  return `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 192.168.0.0/26 2 0 2
        |-- 192.168.0.0
           /24 link UNICAST
        |-- 192.168.0.30
           /32 host LOCAL
${second}        |-- 192.168.0.255
           /32 link BROADCAST
`;
}

const one = (at: number): Change => ({ at, holders: ["a"] });
const two = (at: number): Change => ({ at, holders: ["a", "b"] });
const none = (at: number): Change => ({ at, holders: [] });

describe("who holds an address", () => {
  it("is read from the kernel's table", () => {
    const held = "        |-- 192.168.0.33\n           /32 host LOCAL\n";
    assert.ok(holdsIpv4(fibTrie(held), "192.168.0.33"));
    assert.ok(holdsIpv4(fibTrie(), "192.168.0.30"));
    assert.ok(!holdsIpv4(fibTrie(), "192.168.0.33"));
  });

  it("is not one who merely has a route to it, or an address that begins alike", () => {
    const route = "        |-- 192.168.0.33\n           /32 link UNICAST\n";
    assert.ok(!holdsIpv4(fibTrie(route), "192.168.0.33"));
    assert.ok(!holdsIpv4(fibTrie(), "192.168.0.3"));
    assert.ok(!holdsIpv4(fibTrie(), "192.168.0.255"));
    assert.ok(holdsIpv4(fibTrie(`${route}           /32 host LOCAL\n`), "192.168.0.33"));
  });

  it("is read for IPv6, too", () => {
    const table = "fd000000000000000000000000000033 02 40 00 80 public-network\n";
    assert.ok(holdsIpv6(table, "fd00::33"));
    assert.ok(holdsIpv6(table, "FD00:0:0:0:0:0:0:33"));
    assert.ok(!holdsIpv6(table, "fd00::3"));
  });

  it("over time: of one host alone", () => {
    const all = [two(0), one(100), two(250), none(400)];
    assert.deepEqual(changesOf("a", all), [one(0), none(400)]);
    const spans = spansOf(changesOf("b", all), 500).map(({ from, to, holders }) => `${from}-${to} ${holders.join()}`);
    assert.deepEqual(spans, ["0-100 b", "100-250 ", "250-400 b", "400-500 "]);
  });

  it("over time: how long two held it, and how long nobody", () => {
    const spans = spansOf([one(0), two(100), one(250), none(400), one(420)], 500);
    assert.equal(
      timeWith(spans, 0, 500, (count) => count > 1),
      150,
    );
    assert.equal(
      timeWith(spans, 200, 500, (count) => count > 1),
      50,
    );
    assert.equal(
      timeWith(spans, 0, 500, (count) => count === 0),
      20,
    );
  });

  it("over time: how long until one holds it for good", () => {
    assert.equal(timeUntilOne(spansOf([one(0), two(100), one(250)], 500), 80), 170);
    assert.equal(timeUntilOne(spansOf([one(0)], 500), 80), 0);
    assert.equal(timeUntilOne(spansOf([two(0), one(100), { at: 300, holders: ["b"] }], 500), 0), 100);
    assert.equal(timeUntilOne(spansOf([one(0), two(100)], 500), 80), Infinity);
  });
});

describe("who answers for an address", () => {
  const at = (host: string, ...times: number[]): { at: number; host: string }[] =>
    times.map((time) => ({ at: time, host }));

  it("counts from one answer to the next", () => {
    const replies = [...at("a", 0, 200, 400), ...at("b", 500, 700, 900)];
    assert.deepEqual(answerersOf(replies, 0, 1000, 300), [
      { at: 0, holders: [] },
      { at: 0, holders: ["a"] },
      { at: 400, holders: [] },
      { at: 500, holders: ["b"] },
    ]);
  });

  it("tells when two do, and when one begins anew after a silence", () => {
    const replies = [...at("a", 0, 200, 1000), ...at("b", 100, 300)];
    assert.deepEqual(
      answerersOf(replies, 0, 1100, 300).map(({ holders }) => holders.join("+")),
      ["", "a", "a+b", "b", "", "a"],
    );
  });
});
