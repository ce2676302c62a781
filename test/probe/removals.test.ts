import assert from "node:assert/strict";
import { faults } from "../faults/faults/index.ts";
import { removedTable } from "../faults/report/removed.ts";
import { all, dropIn, edited, stopped } from "../faults/removed/removal.ts";
import { removals } from "../faults/removed/removals.ts";
import { checkScript } from "../render/checkers.ts";

/** Faults that are like another one in all that keeps users from noticing, or that have no mechanism of the box's own. */
const LIKE_ANOTHER = [
  "gateway-keepalived-killed",
  "both-killed",
  "haproxy-killed-behind",
  "gateway-keepalived-frozen",
  "haproxy-frozen-behind",
  "gateway-power-off",
  "rebooted-in-order",
  "gateway-drained",
  "networkd-restarted",
  "nat-gateway-off-udp",
  "nat-gateway-off-new",
];

describe("what is removed to see a fault's test fail", () => {
  it("is known for every fault, but for those that are like another", () => {
    const known = new Set(removals.map(({ fault }) => fault));
    const names = faults.map(({ name }) => name);
    assert.deepEqual(names.filter((name) => !known.has(name)).sort(), [...LIKE_ANOTHER].sort());
    assert.deepEqual(
      [...known].filter((name) => !names.includes(name)),
      [],
    );
  });

  it("is removed and restored by scripts for any POSIX shell", () => {
    for (const { remove, restore } of removals)
      for (const script of [remove, restore])
        assert.deepEqual(checkScript(`#!/bin/sh\n${script}\n`), { ok: true, words: "" }, script);
  });

  it("is restored after any failure: what was not removed is no trouble", () => {
    const { remove, restore } = all(stopped("a"), dropIn("b", ["Restart=no"]));
    assert.equal(remove.split("systemctl stop a").length, 2);
    assert.match(remove, /printf '\[Service\]\\nRestart=no\\n' >\/run\/systemd\/system\/b\.service\.d/);
    assert.match(restore, /rm -f/);
    assert.match(edited("vip", "*.conf", "s/a/b/", "true").restore, /\[ ! -e "\$file\.kept" \] \|\|/);
  });

  it("makes a table of what the tests said", () => {
    const seen = [{ fault: "nginx killed", mechanism: "the health service", said: ["outage: 5 s", "two"] }];
    assert.match(removedTable(seen), /^\| nginx killed \| the health service \| outage: 5 s<br>two \|$/m);
  });
});
