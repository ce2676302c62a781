import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  configurationTables,
  configurationText,
  declaredText,
  tokenText,
} from "../../render/containerRuntime/configuration.ts";
import { script } from "../../render/script.ts";
import { check, withTree } from "./checkers.ts";
import { runtimeBox } from "./sampleRuntime.ts";

const render = path.join(import.meta.dirname, "../../render/containerRuntime");

/** What `ignored.sh` says of a configuration and of what is declared: nothing, where containerd has all of it. */
function words(configuration: string, declared: string, more = ""): string {
  const files = [
    { path: "containerd/config.toml", mode: "0644" as const, text: configuration },
    { path: "declared", mode: "0644" as const, text: declared },
    ...(more === "" ? [] : [{ path: "containerd/logins/registries.toml", mode: "0600" as const, text: more }]),
    { path: "require.sh", mode: "0755" as const, text: `${script(render, "../shell/fail.sh")}\n${script(render, "ignored.sh")}\n${script(render, "whole.sh")}\nwhole_configuration . >config.toml\nrequire_keys config.toml declared\n` }, // prettier-ignore
  ];
  return withTree(files, (tree) => check("sh", ["-eu", "require.sh"], tree)).words;
}

/** containerd 1.6 of Debian itself, and what it says to what is written for it. */
describe("containerd's own checker on its configuration", () => {
  const { containerRuntime: runtime } = runtimeBox();

  it("has every key that is declared", () => {
    assert.equal(words(configurationText(runtime!), declaredText(runtime!)), "");
  });

  it("has every key and the passwords, which come from a part of their own, whatever the main part says anew", () => {
    const login = {
      registry: "docker.io",
      host: "registry-1.docker.io",
      username: "robot$deploy",
      password: 'bat"tery\\',
    };
    const configs = "plugins/io.containerd.grpc.v1.cri/registry/configs/registry-1.docker.io/auth";
    const wanted = `${configs}/username=robot$deploy\n`;
    assert.equal(
      words(configurationText(runtime!), `${declaredText(runtime!)}${wanted}`, tokenText(runtime!, [login])),
      "",
    );
    const other = { ...runtime!, sandboxImage: "registry.protobox/pause:4" };
    assert.equal(words(configurationText(other), `${declaredText(other)}${wanted}`, tokenText(runtime!, [login])), "");
  });

  it("says which key it passes over, in any table, and which value it does not have", () => {
    for (const { name } of configurationTables(runtime!)) {
      // What the options of a runtime are only the runtime knows.
      if (name.includes("runtimes") || name.length < 2) continue;
      const table = `[${name.map((step) => (/^[a-z]+$/.test(step) ? step : `"${step}"`)).join(".")}]\n`;
      const text = configurationText(runtime!);
      assert.ok(text.includes(table), table);
      const configuration = text.replace(table, `${table}  no_such_key = true\n`);
      const key = [...name, "no_such_key"].join("/");
      assert.match(words(configuration, `${declaredText(runtime!)}${key}=true\n`), new RegExp(`passes over[^]*\n${key.replace(/^plugins\//, "")}$`)); // prettier-ignore
    }
    const other = declaredText(runtime!).replace("max_concurrent_downloads=3", "max_concurrent_downloads=4");
    assert.match(words(configurationText(runtime!), other), /cri\/max_concurrent_downloads is 3 there, not 4$/);
  });

  it("refuses a setting of another type, and the configuration of the other major version", () => {
    const typed = runtimeBox({ settings: { enable_unprivileged_ports: "yes" } }).containerRuntime!;
    assert.match(words(configurationText(typed), declaredText(typed)), /^containerd does not take the configuration: /);
    const second = runtimeBox({ major: 2 }).containerRuntime!;
    assert.match(
      words(configurationText(second), declaredText(second)),
      / passes over what is declared [^]*\nio\.containerd\.cri\.v1\.images\/snapshotter\n/,
    );
  });
});

/**
 * containerd 2.x is in no release of Debian that is supported here, and takes too long to build for this test: what is written
 * for it is compared with the keys that containerd 2.2.3 has (`containerd config default`, through `flatten.sh`), which stand in
 * a file beside this one. That very version has been seen to have all that the golden files declare.
 */
describe("the configuration for containerd 2.x, by the keys of 2.2.3", () => {
  const known = new Set(readFileSync(path.join(import.meta.dirname, "containerd-2.keys"), "utf8").trimEnd().split("\n")); // prettier-ignore
  const { containerRuntime: runtime } = runtimeBox({ major: 2 });

  it("has no key that it does not have", () => {
    const keys = configurationTables(runtime!).flatMap(({ name, keys }) => Object.keys(keys).map((key) => [...name, key].join("/"))); // prettier-ignore
    assert.deepEqual(
      keys.filter((key) => !known.has(key)),
      [],
    );
  });

  it("has none of the first major's", () => {
    const first = configurationTables(runtimeBox().containerRuntime!).flatMap(({ name, keys }) => Object.keys(keys).map((key) => [...name, key].join("/"))); // prettier-ignore
    assert.ok(first.filter((key) => !known.has(key)).length > 10);
  });

  it("is flattened alike, whichever quotes a version writes", () => {
    const flat = (text: string): string =>
      spawnSync("sh", ["-euc", `${script(render, "flatten.sh")}\nflatten`], { input: text, encoding: "utf8" }).stdout;
    const text = configurationText(runtime!);
    const single = text.replaceAll('"', "'");
    const lines = declaredText(runtime!);
    for (const one of [text, single]) assert.equal(flat(one).replace(/^version=3\n/m, ""), lines); // prettier-ignore
  });
});
