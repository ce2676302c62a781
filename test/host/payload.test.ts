import assert from "node:assert/strict";
import { payload } from "../../host/payload.ts";
import type { Unit } from "../../host/payload.ts";

const unit = (files: Unit["files"]): Unit => ({ assembly: "gateway", unit: "protobox.argocd", files });

describe("payload", () => {
  it("is read as a diff by lines", () => {
    const text = payload(
      unit([
        { path: "haproxy/routes/30165.cfg", text: "frontend argocd\n  bind :30165\n" },
        { path: "border/ports/30165.nft", text: "30165", mode: "0600" },
        { path: "empty", text: "" },
      ]),
    );
    assert.equal(
      text,
      [
        "gatebox-unit 1",
        "assembly gateway",
        "unit protobox.argocd",
        "file border/ports/30165.nft 0600",
        "|30165",
        "file empty 0644",
        "file haproxy/routes/30165.cfg 0644",
        "|frontend argocd",
        "|  bind :30165",
        "end",
        "",
      ].join("\n"),
    );
  });

  const refused: [string, Unit["files"], RegExp][] = [
    ["an absolute path", [{ path: "/etc/passwd", text: "" }], /"\/etc\/passwd": give a path inside the tree/],
    ["a path out of the tree", [{ path: "a/../../b", text: "" }], /inside the tree/],
    ["the runtime's own records", [{ path: ".units/a", text: "" }], /inside the tree/],
    ["a blank", [{ path: "a b", text: "" }], /inside the tree/],
    ["one file twice", [{ path: "a", text: "" }, { path: "a", text: "" }], /"a": is given twice/], // prettier-ignore
    ["a file that is a directory too", [{ path: "a", text: "" }, { path: "a/b", text: "" }], /a is a file/], // prettier-ignore
    ["a mode with more rights than files have", [{ path: "a", text: "", mode: "4755" }], /mode "4755"/],
    ["a NUL", [{ path: "a", text: "secret\0" }], /"a": a text file cannot hold a NUL character$/],
    ["half a character", [{ path: "a", text: "\ud800" }], /lone surrogate/],
  ];
  for (const [what, files, message] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => payload(unit(files)), { message }));
  }

  it("names all violations at once and never a text", () => {
    const bad = { assembly: "Gateway", unit: "", files: [{ path: "..", text: "secret\0" }] };
    assert.throws(
      () => payload(bad),
      ({ message }: Error) => message.split("\n").length === 4 && !message.includes("secret"),
    );
  });
});
