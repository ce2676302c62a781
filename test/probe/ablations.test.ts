import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { faults } from "../faults/faults/index.ts";
import { removedTable } from "../faults/report/ablations.ts";
import { all, dropIn, edited, stopped, tableAdded } from "../faults/ablations/ablation.ts";
import { removals } from "../faults/ablations/ablations.ts";
import { saidBy, without, type Reach } from "../faults/ablations/without.ts";
import { check, checkScript } from "../render/checkers.ts";

/** Faults that are like another one in all that keeps users from noticing, or that have no mechanism of the box's own. */
const LIKE_ANOTHER = [
  "gateway-keepalived-killed",
  "both-killed",
  "haproxy-killed-behind",
  "gateway-keepalived-frozen",
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

  it("is put back as it was before an interrupted run, too", () => {
    const directory = mkdtempSync(path.join(tmpdir(), "gatebox-removals-"));
    try {
      const tree = path.join(directory, "vip");
      const file = path.join(tree, "one.conf");
      mkdirSync(tree);
      writeFileSync(file, "good\n");
      const scripts = edited("vip", "*.conf", "s/good/bad/", "true");
      const run = (script: string): void => {
        const { status, stderr } = spawnSync("sh", ["-c", script.replaceAll("/etc/gatebox", directory)]);
        assert.equal(status, 0, String(stderr));
      };
      run(scripts.remove);
      assert.equal(readFileSync(file, "utf8"), "bad\n");
      // The run before was cut off here: it has put nothing back.
      run(scripts.remove);
      run(scripts.restore);
      assert.equal(readFileSync(file, "utf8"), "good\n");
      run(scripts.restore);
      assert.equal(readFileSync(file, "utf8"), "good\n");
      assert.deepEqual(readdirSync(tree), ["one.conf"]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("is restored where a table was never added, too", () => {
    const { remove, restore } = tableAdded("inet gatebox_removed", "  chain one {\n  }");
    const script = `set -e; ${restore}\n${remove}\n${restore}\n${restore}\n! nft list table inet gatebox_removed 2>&1`;
    const said = check("unshare", ["-rn", "sh", "-c", script]);
    assert.ok(said.ok && said.words.includes("No such file"), said.words);
    for (const { restore: own } of removals)
      assert.ok(!own.includes("nft delete"), `fails where there is no table: ${own}`);
  });

  it("always names what it breaks", () => {
    assert.deepEqual(
      removals.filter(({ breaks }) => !/^[a-z]+/.test(breaks)).map(({ fault }) => fault),
      [],
    );
  });

  it("makes a table of what the tests said", () => {
    const seen = [{ fault: "nginx killed", mechanism: "the health service", said: ["outage: 5 s", "two"] }];
    assert.match(removedTable(seen), /^\| nginx killed \| the health service \| outage: 5 s<br>two \|$/m);
  });
});

describe("a mechanism that is removed", () => {
  const removal = { hosts: ["one", "two", "three"], remove: "remove", restore: "restore" };

  /** Hosts that do what they are told, but for one script of one host, and what they were told. */
  function hostsBut(fails: string): { readonly reach: Reach; readonly told: string[] } {
    const told: string[] = [];
    const tell = async (host: string, words: string): Promise<void> => {
      told.push(`${host} ${words}`);
      if (`${host} ${words}` === fails) throw new Error(`${words} is impossible`);
      return Promise.resolve();
    };
    return { told, reach: { onHost: tell, switchOn: (host) => tell(host, "on") } };
  }

  function restored(told: readonly string[]): readonly string[] {
    return told.filter((words) => words.endsWith("restore")).sort();
  }
  const ALL = ["one restore", "three restore", "two restore"];

  it("is put back on every host, and the result is told", async () => {
    const { reach, told } = hostsBut("");
    const during = await without(removal, reach, () => Promise.resolve(told.slice()));
    assert.deepEqual(during, ["one remove", "two remove", "three remove"]);
    assert.deepEqual(restored(told), ALL);
  });

  it("is put back on every host where it could not be removed from one", async () => {
    const { reach, told } = hostsBut("two remove");
    const never = (): Promise<void> => Promise.reject(new Error("it was not removed"));
    await assert.rejects(without(removal, reach, never), /^Error: remove is impossible$/);
    assert.deepEqual(restored(told), ALL);
  });

  for (const trouble of ["one on", "one restore"])
    it(`is put back on the other hosts where one fails at "${trouble}", and the first error is not lost`, async () => {
      const { reach, told } = hostsBut(trouble);
      const first = new Error("the prober died");
      await assert.rejects(
        without(removal, reach, () => Promise.reject(first)),
        ({ message, cause }: Error) => {
          assert.match(message, /^the prober died\nnot everything that was removed is back:\none: \w+ is impossible$/);
          assert.equal(cause, first);
          return true;
        },
      );
      assert.deepEqual(restored(told), ALL);
    });

  it("is no success where it could not be put back", async () => {
    const { reach } = hostsBut("three restore");
    const done = without(removal, reach, () => Promise.resolve("done"));
    await assert.rejects(done, /not everything that was removed is back:\nthree: restore is impossible/);
  });

  it("shows nothing where something else than what it breaks went wrong", () => {
    const drain = new Error("host a: drain ended with status 1:\nno other host has taken: edge");
    assert.equal(saidBy(drain, "no other host has taken"), "no other host has taken: edge");
    const dead = new Error("probe.ts in client has ended: out of memory");
    assert.throws(() => saidBy(dead, "no other host has taken"), dead);
    assert.throws(() => saidBy(dead, ""), dead);
  });
});
