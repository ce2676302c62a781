import assert from "node:assert/strict";
import fc from "fast-check";
import { previewOf, reviewed, unit, type Sample } from "./previews.ts";
import { hostResourcesOf } from "../../../cli/review/hostResources.ts";
import { orderOf } from "../../../cli/review/order.ts";

const on = (host: string, assembly: string, after: readonly string[] = [], gone = false): Sample[] => {
  const [before, next] = gone ? [{ x: "1\n" }, undefined] : [{ x: "1\n" }, { x: "2\n" }];
  return unit(host, { assembly, unit: "dev.pool", before, ...(next && { after: next }), dependencies: after });
};
const name = (host: string, assembly: string): string => `${host}-${assembly}-dev.pool`;
const told = (samples: readonly Sample[]): string[] =>
  reviewed(samples).order.map(({ turn, parts, removes }) => `${turn}${removes ? "-" : ""} ${parts.map(({ what, hosts }) => `${what}:${hosts.join("+")}`).join(" ")}`); // prettier-ignore

describe("the order of a review", () => {
  it("has members of a pool one after the other, and pools beside each other", () => {
    const samples = [
      ...on("a1", "gateway"),
      ...on("a2", "gateway", [name("a1", "gateway")]),
      ...on("b1", "webserver"),
      ...on("b2", "webserver", [name("b1", "webserver")]),
    ];
    assert.deepEqual(told(samples), ["1 gateway:a1 webserver:b1", "2 gateway:a2 webserver:b2"]);
  });

  it("goes through what stays as it is", () => {
    const between = unit("m", { assembly: "firewall", unit: "dev.pool", before: { x: "1\n" }, after: { x: "1\n" }, dependencies: [name("a1", "gateway")] }); // prettier-ignore
    const others = [...on("b1", "vip"), ...on("b2", "vip", [name("b1", "vip")])];
    const samples = [...on("a1", "gateway"), ...between, ...on("a2", "gateway", [name("m", "firewall")]), ...others];
    assert.deepEqual(told(samples), ["1 gateway:a1 vip:b1", "2 gateway:a2 vip:b2"]);
  });

  it("has what goes at the end, and those that others wait for last", () => {
    const samples = [
      ...on("a1", "gateway", [], true),
      ...on("a2", "gateway", [name("a1", "gateway")], true),
      ...on("c", "vip"),
    ];
    assert.deepEqual(told(samples), ["1 vip:c", "2- gateway:a2", "3- gateway:a1"]);
  });

  it("has nobody before what it waits for, whatever waits for what", () => {
    const edges = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 20 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const waits = (later: number): number[] => pairs.filter(([from, to]) => from === later && to < later).map(([, to]) => to); // prettier-ignore
        const samples = Array.from({ length: 10 }, (_, index) => on(`h${index}`, "gateway", waits(index).map((one) => name(`h${one}`, "gateway")))); // prettier-ignore
        const preview = previewOf(samples.flat());
        const order = orderOf(preview, hostResourcesOf(preview));
        const turn = (host: number): number => order.find(({ parts }) => parts.some(({ hosts }) => hosts.includes(`h${host}`)))!.turn; // prettier-ignore
        for (let later = 0; later < 10; later += 1)
          for (const sooner of waits(later)) assert.ok(turn(sooner) < turn(later), `${sooner} before ${later}`);
      }),
      { numRuns: 50 },
    );
  });

  it("ends where resources wait for each other, which no engine writes", () => {
    const [component, command] = on("a", "gateway", [name("a", "gateway")]);
    assert.equal(reviewed([component!, command!]).order.length, 1);
  });
});
