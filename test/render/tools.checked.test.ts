import assert from "node:assert/strict";
import { checkNginx } from "./checkers.ts";
import { allTools, toolsBox, webserverWithTools } from "./sampleTools.ts";

describe("render/tools, read by nginx,", () => {
  const oidcProxy = { address: "192.168.2.14" };
  const boxes: Readonly<Record<string, object>> = {
    "all behind a password": allTools,
    "all behind an OIDC proxy": { oidcProxy, ...allTools, grafana: { auth: "oidc" } },
    "some behind each": { oidcProxy, ...allTools, prometheus: { auth: "password" }, gitlab: { ...allTools.gitlab, auth: "password" } }, // prettier-ignore
    "those with a log-in of their own alone": { grafana: {}, gitlab: allTools.gitlab },
    "at paths with dots, dashes and capitals": { prometheus: { path: "/Ops.x/p-1/" }, grafana: { path: "/Ops.x/g_2/", auth: "password" } }, // prettier-ignore
  };
  for (const [what, tools] of Object.entries(boxes))
    it(`are accepted without a warning: ${what}`, () =>
      assert.deepEqual(checkNginx(webserverWithTools(toolsBox(tools))), { ok: true, words: "" }));

  it("are refused without the file that says who is known: nothing is served that does not look for it", () => {
    const files = webserverWithTools(toolsBox()).filter(({ path }) => !path.endsWith("_tools-known.conf"));
    assert.match(checkNginx(files).words, /unknown "tools_known" variable/);
  });
});
