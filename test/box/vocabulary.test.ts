import assert from "node:assert/strict";
import fc from "fast-check";
import { haproxyOptions, locationDirectives } from "../../box/index.ts";
import { directiveValueFault } from "../../box/nginxVocabulary.ts";
import { haproxyRoute } from "../../render/haproxy/route.ts";
import { nginxLocation } from "../../render/nginx/location.ts";
import { parseProtobox } from "./parsing.ts";

// What the model lets through must not fail later, where no path of the configuration can be told.
describe("the vocabulary of the model is the renderer's", () => {
  const box = parseProtobox();
  const gatewayRoute = box.kubeGateways.routes[0]!;
  const webRoute = box.webservers.routes[0]!;

  for (const [option, { modes }] of Object.entries(haproxyOptions)) {
    it(`option ${option} in mode ${modes.join(" and ")}`, () => {
      const render = (mode: "http" | "tcp") => () =>
        haproxyRoute(
          { ...gatewayRoute, mode, destination: { ...gatewayRoute.destination, options: [option] } },
          { address: "192.168.2.11" },
        );
      for (const mode of ["http", "tcp"] as const) {
        if (modes.includes(mode)) assert.doesNotThrow(render(mode));
        else assert.throws(render(mode));
      }
    });
  }

  it("every directive of a location", () => {
    for (const directive of locationDirectives) {
      const value = directive === "proxy_pass" ? `http://${webRoute.upstream.name}` : "1";
      const params = [{ type: "single", directive, value }] as const;
      assert.ok(nginxLocation({ ...webRoute, params }).includes(`${directive} ${value}`), directive);
    }
  });

  it("every value of a directive", () => {
    const value = fc.string({
      unit: fc.constantFrom("a", "b", "$", " ", ";", "{", "}", '"', "'", "\\", "#", "/", "\n"),
      maxLength: 12,
    });
    fc.assert(
      fc.property(value, (text) => {
        fc.pre(directiveValueFault(text) === undefined);
        const params = [{ type: "single", directive: "rewrite", value: text }] as const;
        assert.doesNotThrow(() => nginxLocation({ ...webRoute, params }));
      }),
      { numRuns: 500 },
    );
  });
});
