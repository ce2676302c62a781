import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pictureFile, requestPicture } from "../../docs/requestPicture.ts";

describe("the picture in the README", () => {
  it("is the one of Pulumi.protobox.yaml as it is; `npm run picture` draws it anew", () => {
    assert.equal(readFileSync(pictureFile, "utf8"), requestPicture());
  });

  it("stands where the README shows it", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    assert.match(readme, /!\[[^\]]+\]\(docs\/request\.svg\)/);
  });
});
