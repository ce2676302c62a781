import assert from "node:assert/strict";
import fc from "fast-check";
import { balanceMode } from "../../box/haproxyVocabulary.ts";
import { haproxyOptions, locationDirectives } from "../../box/index.ts";
import { directiveValueFault, readDirectiveValue } from "../../box/nginxVocabulary.ts";
import { haproxyRoute } from "../../render/haproxy/route.ts";
import { nginxLocation } from "../../render/nginx/location.ts";
import { parseProtobox } from "./parsing.ts";

// What the model lets through must not fail later, where no path of the configuration can be told.
describe("the vocabulary of the model is the renderer's", () => {
  const box = parseProtobox();
  const gatewayRoute = box.kubeGateways!.routes[0]!;
  const webRoute = box.webservers!.routes[0]!;

  for (const [option, { modes }] of Object.entries(haproxyOptions)) {
    it(`option ${option} in mode ${modes.join(" and ")}`, () => {
      const render = (mode: "http" | "tcp") => () =>
        haproxyRoute(
          { ...gatewayRoute, mode, destination: { ...gatewayRoute.destination, options: [option] } },
          { address: "192.168.2.11", webservers: [], limits: box.limits },
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
      // nginx waits longer than HAProxy, by five seconds.
      const written = directive === "proxy_read_timeout" ? "6s" : value;
      assert.ok(nginxLocation({ ...webRoute, params }).includes(`${directive} ${written}`), directive);
    }
  });

  it("every balance algorithm, in the modes that it works in", () => {
    for (const balance of ["random(0)", "random(1000)", "uri len 0", "hdr()", "roundrobin;", "rdp-cookie"]) {
      assert.equal(balanceMode(balance), undefined, balance);
      const destination = { ...gatewayRoute.destination, balance };
      assert.throws(
        () =>
          haproxyRoute(
            { ...gatewayRoute, destination },
            { address: "192.168.2.11", webservers: [], limits: box.limits },
          ),
        /is unknown/,
      );
    }
  });

  it("the words of a value, as nginx parts them", () => {
    const words = (value: string): unknown => readDirectiveValue(value);
    assert.deepEqual(words(` 200 "a \\" b"  'c d' e\\;f `), { words: ["200", '"a \\" b"', "'c d'", "e\\;f"] });
    assert.deepEqual(words("http://${upstream}/$uri"), { words: ["http://${upstream}/$uri"] });
    for (const wrong of ["${", "${}", "${a", "a${b c}", "a}", "$ {"]) assert.ok(directiveValueFault(wrong), wrong);
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
