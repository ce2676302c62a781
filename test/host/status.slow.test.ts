import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { SandboxHost } from "./sandboxHost.ts";

describe("the status of a host", () => {
  let host: SandboxHost;
  beforeEach(() => (host = new SandboxHost()));
  afterEach(() => host.delete());

  it("tells what is live, what has drifted and what does not belong", async () => {
    await host.apply(host.base("base\n"));
    await host.apply(host.fragment("a", "a\n"));
    await host.apply(host.fragment("b", "b\n"));
    writeFileSync(host.path("etc/gatebox/edge/routes/a.cfg"), "edited\n");
    writeFileSync(host.path("etc/gatebox/edge/routes/stray.cfg"), "");
    const { stdout } = await host.run(["status", "edge"]);
    const sum = (text: string) => createHash("sha256").update(text).digest("hex");
    assert.match(stdout, /^assembly edge\ngeneration 3\n/);
    assert.match(stdout, new RegExp(`^file a routes/a\\.cfg 0644 0644 ${sum("edited\n")}$`, "m"));
    assert.match(stdout, new RegExp(`^file b routes/b\\.cfg 0644 0644 ${sum("b\n")}$`, "m"));
    assert.match(stdout, /^stray routes\/stray\.cfg$/m);
  });

  it("tells what is missing, and which links are not as declared", async () => {
    const links = "/etc/kept place.conf\n/etc/gone place.conf\n/etc/replaced place.conf\n";
    const place = { path: "place.conf", text: "place\n" };
    await host.apply(host.base("base\n", [place, { path: "lifecycle/links", text: links }]));
    for (const name of ["gone", "replaced"]) rmSync(host.path("etc", name));
    writeFileSync(host.path("etc/replaced"), "");
    rmSync(host.path("etc/gatebox/edge/base.cfg"));
    const { stdout } = await host.run(["status"]);
    assert.match(stdout, /^missing base base\.cfg 0644$/m);
    assert.match(stdout, /^link \/etc\/kept ok\nlink \/etc\/gone missing\nlink \/etc\/replaced foreign$/m);
  });

  it("tells of fragments that wait and of a switch that was cut off", async () => {
    await host.apply(host.base("base\n"));
    await host.apply(host.fragment("a", "a\n"));
    await host.remove(host.base("base\n"));
    assert.equal((await host.run(["status"])).stdout, "assembly edge\ngeneration none\nparked a\n");
    await host.apply(host.base("base\n"));
    host.behave("probe", "exit 1");
    await host.apply(host.base("other\n"));
    assert.match((await host.run(["status"])).stdout, /^generation 1\ninterrupted$/m);
  });
});
