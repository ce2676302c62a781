import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { picture } from "../../../cli/picture.ts";

const project = path.resolve(import.meta.dirname, "../../..");

const pictures = [
  { file: "docs/request.svg", request: true },
  { file: "docs/box.svg", request: false },
];

for (const { file, request } of pictures) {
  describe(`the picture ${file}`, () => {
    it("is the one of Pulumi.protobox.yaml as it is; `npm run picture` draws it anew", () => {
      const { output } = picture("Pulumi.protobox.yaml", { request, out: undefined }, project);
      assert.equal(readFileSync(path.join(project, file), "utf8"), output);
    });

    it("stands where the README shows it", () => {
      const readme = readFileSync(path.join(project, "README.md"), "utf8");
      assert.match(readme, new RegExp(`!\\[[^\\]]+\\]\\(${file.replace(".", "\\.")}\\)`));
    });

    it("has Kibana once among what it lists", () => {
      // One service is one row, or one name in it, whatever of it the stack declares where.
      const svg = readFileSync(path.join(project, file), "utf8").replace(/<title>.*?<\/title>/g, "");
      assert.equal(svg.match(request ? />kibana</g : /\bkibana\b/g)?.length, 1);
    });
  });
}
