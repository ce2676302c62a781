import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { runtimeText } from "../../host/runtimeText.ts";
import { script } from "../../render/script.ts";
import { checkScript, checkScripts, withTree } from "./checkers.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Every script of the repository. A room that comes later is among them. */
const scripts = globSync("**/*.sh", {
  cwd: root,
  exclude: ["node_modules", "coverage", "dist", "rendered", "bench/out", "test/faults/out"],
}).sort();

/** Parts of the host's runtime are one script on a host, and nothing by themselves. */
const isPart = (file: string): boolean => file.startsWith("host/runtime/");

const textOf = (file: string): string => readFileSync(path.join(root, file), "utf8");
const beginning = (file: string): string => textOf(file).split("\n", 1)[0] ?? "";

/** Scripts that reach hosts; what only they source is a library, and says so in its first line. */
const ofHosts = scripts.filter((file) => file.startsWith("render/") && beginning(file) === "#!/bin/sh");

describe("scripts", function () {
  // One run of shellcheck for all takes half a minute, on a machine under load several times that.
  this.timeout(240_000);

  it("are found: those of each room that has some", () => {
    const rooms = new Set(scripts.map((file) => file.split("/", 1)[0]));
    for (const room of ["host", "lab", "render"]) assert.ok(rooms.has(room), room);
    assert.ok(ofHosts.includes("render/network/lifecycle/check.sh"));
  });

  it("are clean to shellcheck as they are written", () => {
    assert.deepEqual(
      checkScripts(
        scripts.filter((file) => !isPart(file)),
        root,
      ),
      { ok: true, words: "" },
    );
  });

  it("are clean to shellcheck as they reach a host, with what they source in its place", () => {
    const files = ofHosts.map((file) => ({
      path: file,
      mode: "0755" as const,
      text: script(path.join(root, path.dirname(file)), path.basename(file)),
    }));
    for (const { path: file, text } of files)
      assert.doesNotMatch(text, /^\. \.{1,2}\//m, `${file} sources a file that no host has`);
    assert.deepEqual(
      withTree(files, (tree) =>
        checkScripts(
          files.map((file) => file.path),
          tree,
        ),
      ),
      { ok: true, words: "" },
    );
  });

  it("of the runtime are clean to shellcheck as one", () => {
    assert.deepEqual(checkScript(runtimeText()), { ok: true, words: "" });
  });

  it("begin with what they are: a script, or a library", () => {
    for (const file of scripts.filter((one) => !isPart(one) && one.startsWith("render/")))
      assert.match(beginning(file), /^(?:#!\/bin\/sh|# shellcheck shell=sh)$/, file);
  });

  it("that stand in for systemd in tests are clean to shellcheck", () => {
    assert.deepEqual(checkScripts(["systemctl", "supervise"], path.join(import.meta.dirname, "sandbox")), {
      ok: true,
      words: "",
    });
  });

  it("with a mistake are refused, so that the tests above can fail", () => {
    const { ok, words } = checkScript(["#!/bin/sh", "rm -rf $1/etc", ""].join("\n"));
    assert.equal(ok, false);
    assert.match(words, /SC2086/);
  });
});
