import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { registry } from "../../render/registry.ts";
import { webserverFiles, webserverRouteFiles } from "../../render/webserver/index.ts";
import { checkNginx, withTree } from "./checkers.ts";
import { registryBox } from "./sampleRegistry.ts";

/** The real programs on what is written for the registry. What docker-registry says of its own is in dockerRegistry.root.test.ts. */
describe("checkers of the registry's files", () => {
  const box = registryBox();

  it("nginx takes the location", () => {
    const files = [...webserverFiles(box, box.hosts["webserver-1"]!), ...webserverRouteFiles(box.registry!.route)];
    assert.deepEqual(checkNginx(files), { ok: true, words: "" });
  });

  it("systemd takes the units", () => {
    const assembly = registry.assemblies.find(({ name }) => name === "registry")!;
    const files = assembly.files(box, box.hosts["gateway-4"]!, registry);
    const words = withTree(files, (tree) => {
      const units = ["gatebox-registry-gc.service", "gatebox-registry-gc.timer"].map(
        (unit) => `${tree}/systemd/${unit}`,
      );
      return spawnSync("systemd-analyze", ["verify", "--man=no", ...units], { encoding: "utf8", timeout: 20_000 })
        .stderr;
    });
    assert.deepEqual(
      words.split("\n").filter((line) => line.includes("gatebox-registry-gc")),
      [],
    );
  });
});
