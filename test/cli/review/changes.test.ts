import assert from "node:assert/strict";
import { packages, reviewed, unit, type Sample, type Texts } from "./previews.ts";

const gateway = (host: string, before: Texts | undefined, after: Texts | undefined): Sample[] =>
  unit(host, { assembly: "gateway", unit: "box.dev.wiki", ...(before && { before }), ...(after && { after }) });

describe("a review of files", () => {
  it("has a change once, with the names of the hosts that get it", () => {
    const { files } = reviewed(["a", "b"].flatMap((host) => gateway(host, { x: "1\n2\n" }, { x: "1\n3\n" })));
    assert.deepEqual(files, [
      { owners: ["a", "b"], path: "/etc/gatebox/gateway/x", change: "changed", lines: ["@@ -1,2 +1,2 @@", " 1", "-2", "+3"] },
    ]); // prettier-ignore
  });

  it("has what is created and deleted whole, and the mode where it is not that of most", () => {
    const { files } = reviewed([
      ...gateway("a", undefined, { new: ["1\n", "0755"] }),
      ...gateway("b", { old: "1\n" }, undefined),
    ]);
    assert.deepEqual(
      files.map(({ path, change, lines }) => [path, change, lines]),
      [
        ["/etc/gatebox/gateway/new", "created", ["mode 0755", "@@ -0,0 +1,1 @@", "+1"]],
        ["/etc/gatebox/gateway/old", "deleted", ["@@ -1,1 +0,0 @@", "-1"]],
      ],
    );
  });

  it("tells a mode that alone is another", () => {
    const { files } = reviewed(gateway("a", { x: "1\n" }, { x: ["1\n", "0600"] }));
    assert.deepEqual(files[0]?.lines, ["mode 0644 → 0600"]);
  });

  it("has a file that goes from one unit to another as no change", () => {
    const moved = unit("a", { assembly: "gateway", unit: "box.dev.other", before: { y: "1\n" }, after: { y: "1\n", x: "1\n" } }); // prettier-ignore
    assert.deepEqual(reviewed([...gateway("a", { x: "1\n" }, {}), ...moved]).files, []);
  });

  it("knows the unit's host and tree where the preview has only what changes", () => {
    const [, command] = gateway("a", { x: "1\n" }, { x: "2\n" });
    const { files, warnings } = reviewed([{ ...command!, hook: "ssh-banner a 192.0.2.1:22" }]);
    assert.deepEqual([files[0]?.path, files[0]?.owners], ["/etc/gatebox/gateway/x", ["a"]]);
    assert.match(warnings.find(({ kind }) => kind === "incomplete")?.message ?? "", /--show-sames/);
  });

  it("names the files of a text that is not known yet, and takes nothing of it for gone", () => {
    const port = "border/ports/30170.nft";
    const [component, command] = gateway("a", { [port]: "1\n" }, { [port]: "2\n" });
    const stdin = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const { files, hidden, reachability } = reviewed([component!, { ...command!, after: { stdin } }]);
    assert.deepEqual([files, reachability], [[], []]);
    assert.deepEqual(hidden, [
      {
        hosts: ["a"],
        what: "box.dev.wiki",
        paths: [`/etc/gatebox/gateway/${port}`],
        change: "changed",
        because: "later",
      },
    ]);
  });
});

describe("a review of apt repositories", () => {
  it("has each of a host by its name", () => {
    const repository = (name: string, suite: string): string =>
      `gatebox-repository 1\nname ${name}\nsuite ${suite}\nend\n`;
    const samples = ["one", "two"].flatMap((name): Sample[] => [
      { name: `${name}-component`, type: "gatebox:index:HostRepository", before: { host: "a" }, after: { host: "a" } },
      { name, type: "command:remote:Command", parent: `${name}-component`, before: { stdin: repository(name, "old") }, after: { stdin: repository(name, "new") } },
    ]); // prettier-ignore
    assert.deepEqual(reviewed(samples).files.map(({ path }) => path), ["apt repository one", "apt repository two"]); // prettier-ignore
  });
});

describe("a review of secrets", () => {
  const secret = (reasons: readonly string[]): Sample[] => {
    const [component, command] = gateway("a", { key: "horse\n" }, { key: "battery\n" });
    return [component!, { ...command!, secretOutputs: ["stdin"], reasons }];
  };

  it("tells that one is another, and nothing of what it is", () => {
    const review = reviewed(secret(["stdin"]));
    assert.deepEqual(
      review.hidden.map(({ paths, because, change }) => [paths, because, change]),
      [[["/etc/gatebox/gateway/key"], "secret", "changed"]],
    );
    assert.doesNotMatch(JSON.stringify(review), /horse|battery/);
  });

  it("is silent of one that stays as it is where something else of its resource changes", () => {
    assert.deepEqual(reviewed(secret(["connection"])).hidden, []);
  });
});

describe("a review of packages", () => {
  it("tells what comes, and what nobody asks for any more", () => {
    const review = reviewed([...packages("a", ["curl", "haproxy"], ["curl", "nginx"]), ...packages("b", ["curl", "haproxy"], ["curl", "nginx"])]); // prettier-ignore
    assert.deepEqual(review.packages, [{ hosts: ["a", "b"], added: ["nginx"], noLongerAsked: ["haproxy"] }]);
  });

  it("is silent where they stay", () => assert.deepEqual(reviewed(packages("a", ["curl"], ["curl"])).packages, []));
});

describe("a review of objects of Kubernetes", () => {
  const service = (port: number): Record<string, unknown> => ({ metadata: { name: "wiki", namespace: "docs" }, spec: { port } }); // prettier-ignore
  const type = "kubernetes:core/v1:Service";

  it("has them as YAML", () => {
    const { objects } = reviewed([{ name: "a", type, before: service(1), after: service(2) }]);
    assert.equal(objects[0]?.name, "Service docs/wiki");
    assert.deepEqual(objects[0].lines.slice(-2), ["-  port: 1", "+  port: 2"]);
  });

  it("names the entries of a Secret, and which of them are others", () => {
    const data = (password: string): Record<string, unknown> => ({ stringData: { password, user: "me" } });
    const sample: Sample = { name: "a", type: "kubernetes:core/v1:Secret", before: data("horse"), after: data("battery") }; // prettier-ignore
    const { objects } = reviewed([sample]);
    const text = objects[0]?.lines.join("\n") ?? "";
    assert.match(text, /\+ {2}password: "?\[secret\], changed"?$/m);
    assert.doesNotMatch(text, /horse|battery|user: me/);
  });

  it("shows no value that is marked as secret, wherever it stands", () => {
    const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"horse"' };
    const { objects } = reviewed([{ name: "a", type, after: { spec: { env: [{ value: mark }] } } }]);
    assert.doesNotMatch(JSON.stringify(objects), /horse/);
    assert.match(JSON.stringify(objects), /value: \\"\[secret\]\\"/);
  });
});

describe("a review of other resources", () => {
  it("names their inputs and no value", () => {
    const type = "random:index/randomPassword:RandomPassword";
    const { others } = reviewed([{ name: "pass", type, before: { keepers: "horse" }, after: { keepers: "battery" } }]);
    assert.deepEqual(others, [{ type, name: "pass", change: "changed", properties: ["keepers"] }]);
  });
});
