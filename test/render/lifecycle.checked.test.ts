import assert from "node:assert/strict";
import { gatewayFiles } from "../../render/gateway/index.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import { checkScript } from "./checkers.ts";
import { gatewayHost, sampleBox, webserverHost } from "./sampleRoutes.ts";

const trees = {
  gateway: gatewayFiles(sampleBox(), gatewayHost),
  webserver: webserverFiles(sampleBox(), webserverHost),
};

for (const [assembly, files] of Object.entries(trees)) {
  describe(`render: the scripts of a ${assembly} as they reach a host`, () => {
    for (const file of files.filter(({ text }) => text.startsWith("#!/bin/sh\n")))
      it(`${file.path} is a script for any POSIX shell`, () => {
        assert.equal(file.mode, "0755");
        assert.deepEqual(checkScript(file.text), { ok: true, words: "" });
      });
  });
}
