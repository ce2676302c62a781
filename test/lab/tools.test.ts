import assert from "node:assert/strict";
import { boxOutput } from "../../box/index.ts";
import { toolTable } from "../../lab/page.ts";
import { toolsAmong, toolsServe, type SeenTool } from "../../lab/tools.ts";
import { parseProtobox } from "../box/parsing.ts";

const seen = (stranger: number, operator: number, webserver = "webserver-1"): SeenTool => ({ tool: "prometheus", url: "https://protobox.test/prometheus/", webserver, stranger, operator }); // prettier-ignore

describe("the tools on npm start's page", () => {
  it("are told apart from services by the box that the stack exports", () => {
    const box = boxOutput(parseProtobox({ tools: { grafana: {}, prometheus: {} } }));
    assert.deepEqual(toolsAmong({ box }), ["prometheus", "grafana"]);
    assert.deepEqual(toolsAmong({ box: boxOutput(parseProtobox()) }), []);
    assert.deepEqual(toolsAmong({}), []);
  });

  it("serve where an operator is answered, and strangers are asked for a log-in", () => {
    assert.ok(toolsServe([]));
    assert.ok(toolsServe([seen(401, 302), seen(302, 302)]));
    for (const [stranger, operator] of [
      [401, 401],
      [401, 502],
      [502, 200],
      [0, 0],
      [401, 429],
    ] as const)
      // prettier-ignore
      assert.ok(!toolsServe([seen(401, 200), seen(stranger, operator)]), `${stranger} ${operator}`);
  });

  it("are a table of their own, or nothing", () => {
    assert.equal(toolTable([]), "");
    assert.match(
      toolTable([seen(401, 200), seen(401, 0, "webserver-2")]),
      /TOOL +ADDRESS +THROUGH +STRANGER +OPERATOR\n +prometheus +https:\S+ +webserver-1 +401 +200\n +prometheus +https:\S+ +webserver-2 +401 +no answer\n/,
    );
  });
});
