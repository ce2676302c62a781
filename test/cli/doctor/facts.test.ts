import assert from "node:assert/strict";
import fc from "fast-check";
import { anyCharacter } from "../../anyCharacter.ts";
import { clockLine, parseFacts, type Facts } from "../../../cli/doctor/host/facts.ts";
import { healthyFacts } from "./healthy.ts";

/** A word as a host may print it: anything but blanks and ends of lines. */
const word = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 12 }).filter((text) => !/[\s\u0085]/u.test(text));
const words = fc.array(word, { maxLength: 4 }).map((list) => list.join(" "));
const facts: fc.Arbitrary<Facts> = fc.record(
  {
    whole: fc.constant(true),
    clock: fc.integer({ min: 0, max: 4_000_000_000 }),
    root: fc.record(
      { by: fc.constantFrom("itself", "sudo", "refused", "missing"), said: words },
      { noNullPrototype: true },
    ),
    os: fc.constant(new Map([["ID", "debian"]])),
    init: word,
    systemd: fc.boolean(),
    without: fc.array(word, { maxLength: 3 }),
    nftables: fc.record(
      { state: fc.constantFrom("works", "fails", "loadable", "missing"), said: words },
      { noNullPrototype: true },
    ),
    links: fc.array(
      fc.record(
        { name: word, mac: fc.constantFrom("-", "02:67:c0:a8:02:0b"), state: word, borrowed: fc.boolean() },
        { noNullPrototype: true },
      ),
    ),
    addresses: fc.array(fc.record({ link: word, cidr: word }, { noNullPrototype: true })),
    space: fc.array(fc.record({ place: word, free: fc.nat() }, { noNullPrototype: true })),
    inodes: fc.array(fc.record({ place: word, free: fc.nat() }, { noNullPrototype: true })),
  },
  { noNullPrototype: true },
);

/** What `facts.sh` prints of them. */
function printed(of: Facts): string {
  const lines = [
    "gatebox-facts 1",
    `clock ${of.clock?.toFixed(9)}`,
    `root ${of.root?.by} ${of.root?.said}`,
    ...[...of.os].map(([key, value]) => `os ${key} "${value}"`),
    `init ${of.init}`,
    ...(of.systemd ? ["systemd"] : []),
    ...of.without.map((program) => `without ${program}`),
    ...of.links.map(
      ({ name, mac, state, borrowed }) => `link ${name} ${mac} ${state} ${borrowed ? "borrowed" : "own"}`,
    ),
    ...of.addresses.map(({ link, cidr }) => `address ${link} ${cidr}`),
    ...of.space.map(({ place, free }) => `space ${place} ${free}`),
    ...of.inodes.map(({ place, free }) => `inodes ${place} ${free}`),
    `nftables ${of.nftables?.state} ${of.nftables?.said}`,
    "end",
  ];
  return lines.map((line) => `${line}\n`).join("");
}

describe("the facts of a host", () => {
  it("are read as they were printed, whatever a login shell says before and after", () => {
    fc.assert(
      fc.property(facts, words, words, (of, before, after) => {
        assert.deepEqual(parseFacts(`${before}\n${printed(of)}${after}\n`), of);
      }),
    );
  });

  it("are read with ends of lines as terminals write them", () => {
    assert.deepEqual(parseFacts(healthyFacts(1).replaceAll("\n", "\r\n")), parseFacts(healthyFacts(1)));
  });

  it("are read as far as they have come, whatever they are cut at, and never said to be whole then", () => {
    const text = healthyFacts(1);
    const whole = parseFacts(text);
    fc.assert(
      fc.property(fc.integer({ min: text.indexOf("clock"), max: text.indexOf("end") }), (length) => {
        const cut = parseFacts(text.slice(0, length));
        assert.equal(cut?.whole, false);
        for (const link of cut.links) assert.ok(whole?.links.some(({ name }) => name === link.name));
        for (const one of cut.space) assert.ok(whole?.space.some(({ free }) => free === one.free));
      }),
    );
  });

  it("are none where the script has not run, whatever came instead", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        assert.equal(parseFacts(text), undefined);
      }),
    );
  });

  it("are read without an error, whatever stands in them", () => {
    const names = fc.constantFrom(
      "clock",
      "root",
      "os",
      "init",
      "without",
      "link",
      "address",
      "space",
      "nftables",
      "end",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string({ unit: anyCharacter }))), (lines) => {
        const text = lines.map(([name, rest]) => `${name} ${rest}\n`).join("");
        assert.ok(parseFacts(`gatebox-facts 1\n${text}`));
      }),
    );
  });

  it("have the clock where its arrival is noted: only behind the script's own first line", () => {
    assert.match(healthyFacts(), clockLine);
    assert.doesNotMatch("clock 1.5\n", clockLine);
    assert.doesNotMatch("gatebox-facts 1\nclock 1.5", clockLine);
  });
});
