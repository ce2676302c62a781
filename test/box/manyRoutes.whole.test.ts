import assert from "node:assert/strict";
import { edit } from "./edit.ts";
import { violationsOf, parseProtobox } from "./parsing.ts";
import { protoboxValues } from "./protobox.ts";

/** Changes that give the Protobox this many more services, each with an app of its own. */
function moreServices(count: number): Record<string, unknown> {
  const names = Array.from({ length: count }, (_, index) => `more-${index}`);
  const apps = names.map((name, index) => [name, { port: 31000 + index, namespace: "more" }] as const);
  const { apps: ownApps, services: ownServices } = protoboxValues() as Record<string, object>;
  return {
    apps: { ...ownApps, ...Object.fromEntries(apps) },
    services: { ...ownServices, ...Object.fromEntries(names.map((name) => [name, {}])) },
  };
}

describe("many routes", function () {
  // A second and a half of work: more than 20 s were seen on a machine with ten times as much to do as it has cores.
  this.timeout(120_000);

  it("1,000 services parse, each with its own port", () => {
    const { services } = parseProtobox(moreServices(1000));
    assert.equal(new Set(services.map(({ gateway }) => gateway.port)).size, 1005);
  });

  it("1,000 violations are reported at once", () => {
    const changes = moreServices(1000);
    const names = Object.keys(changes["services"] as object).filter((name) => name.startsWith("more-"));
    edit(changes, Object.fromEntries(names.map((name) => [`services.${name}.app`, `${name}x`])));
    assert.equal(violationsOf(() => parseProtobox(changes)).length, 1000);
  });
});
