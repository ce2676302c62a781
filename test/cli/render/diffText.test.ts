import assert from "node:assert/strict";
import { differencesOf } from "../../../cli/render/differences.ts";
import { diffText } from "../../../cli/render/diffText.ts";
import { renderedFiles, type RenderedFile } from "../../../cli/render/renderedFiles.ts";
import { parseProtobox } from "../../box/parsing.ts";
import type { Changes } from "../../box/edit.ts";

const file = (owner: string, path: string, text: string): RenderedFile => ({ owner, path, text, mode: "0644" });

const between = (before: Changes, after: Changes): string =>
  diffText(differencesOf(renderedFiles(parseProtobox(before)), renderedFiles(parseProtobox(after))));

describe("the difference between two renderings", () => {
  it("is empty where nothing differs", () => assert.equal(between({}, {}), ""));

  it("has hosts with the same difference once, with their names", () => {
    const before = ["a", "b", "c"].map((host) => file(host, "x/y", "1\n2\n3\n"));
    const after = ["a", "b", "c"].map((host) => file(host, "x/y", "1\nzwei\n3\n"));
    assert.equal(
      diffText(differencesOf(before, after)),
      "a, b, c: x/y (changed)\n@@ -1,3 +1,3 @@\n 1\n-2\n+zwei\n 3\n",
    );
  });

  it("has what is a host's own below its name, and all else once", () => {
    const after = ["1", "2", "2"].map((own, index) => file(`host-${index}`, "x/y", `frontend\nbind ${own}\nmode\n`));
    assert.equal(
      diffText(differencesOf([], after)),
      [
        "host-0, host-1, host-2: x/y (created)",
        "@@ -0,0 +1,3 @@",
        "+frontend",
        "[host-0]",
        "+bind 1",
        "[host-1, host-2]",
        "+bind 2",
        "[all]",
        "+mode",
        "",
      ].join("\n"),
    );
  });

  it("keeps hosts apart whose differences are of another shape", () => {
    const text = diffText(differencesOf([], [file("a", "x", "1\n"), file("b", "x", "1\n2\n")]));
    assert.deepEqual(text.match(/^\w.*$/gm), ["a: x (created)", "b: x (created)"]);
  });

  it("tells what is deleted, and nothing that a terminal obeys", () => {
    const text = diffText(differencesOf([file("a", "x", "1\t\u001b[2J\n")], []));
    assert.equal(text, "a: x (deleted)\n@@ -1,1 +0,0 @@\n-1\t\\u001b[2J\n");
  });

  it("has each line of a new service once", () => {
    const service: Changes = {
      "apps.wiki": { port: 30170, namespace: "wiki" },
      "services.wiki": { app: "wiki", options: ["httplog"] },
    };
    const text = between({}, service);
    const heads = text.match(/^[a-z][\w-]*(?:, [\w-]+)*: .*\)$/gm);
    assert.deepEqual(heads, [
      "kubernetes: wiki/wiki.yaml (created)",
      "webserver-1, webserver-2: webserver/nginx/upstreams/stream_wiki.conf (created)",
      "webserver-1, webserver-2: webserver/nginx/locations/wiki.conf (created)",
      "gateway-1, gateway-2, gateway-3: gateway/haproxy/routes/30170.cfg (created)",
      "gateway-1, gateway-2, gateway-3: gateway/border/ports/30170.nft (created)",
    ]);
    const files = renderedFiles(parseProtobox(service)).filter(({ path }) => /wiki|30170/.test(path));
    for (const { owner, path, text: content } of files) {
      const block = text.split("\n\n").find((one) => one.split("\n")[0]?.includes(`: ${path} `) && one.includes(owner));
      const added = (block ?? "").split("\n").filter((line) => line.startsWith("+"));
      for (const line of new Set(content.trimEnd().split("\n"))) {
        const times = content
          .trimEnd()
          .split("\n")
          .filter((one) => one === line).length;
        assert.equal(added.filter((one) => one === `+${line}`).length, times, `${path}: ${line}`);
      }
    }
  });

  it("shows nothing else where one service's port is another", () => {
    const text = between({}, { "apps.argocd.port": 30190 });
    assert.deepEqual(
      text.match(/^[a-z][\w-]*(?:, [\w-]+)*: .*\)$/gm)?.map((head) => head.replace(/^.*: /, "")),
      [
        "argocd/argocd.yaml (changed)",
        "webserver/nginx/upstreams/stream_argocd.conf (changed)",
        "gateway/haproxy/routes/30190.cfg (created)",
        "gateway/border/ports/30190.nft (created)",
        "gateway/haproxy/routes/30160.cfg (deleted)",
        "gateway/border/ports/30160.nft (deleted)",
      ],
    );
  });
});
