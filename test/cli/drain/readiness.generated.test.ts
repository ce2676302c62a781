import assert from "node:assert/strict";
import fc from "fast-check";
import { answered } from "../../../cli/drain/ask.ts";
import { drainHost } from "../../../cli/drain/drainHost.ts";
import { NotDone } from "../../../cli/drain/work.ts";
import { readinessOf } from "../../../cli/drain/readiness.ts";
import { vipsOfHost } from "../../../render/vip/onHost.ts";
import { anyCharacter } from "../../anyCharacter.ts";
import { ToldHosts } from "./hosts.ts";

const text = fc.string({ unit: anyCharacter, maxLength: 60 });
const word = fc.constantFrom("boot", "drained", "draining", "works", "fails", "changing", "vip", "route", "end");
const line = fc.oneof(
  text,
  fc.tuple(word, text).map(([one, rest]) => `${one} ${rest}`),
  word,
);

describe("the answers of hosts that are about to be drained", function () {
  this.timeout(60_000);

  it("are read whatever they hold, and only to their own end", () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(line), (before, lines) => {
        const own = lines.filter((one) => one !== "end" && !/[\r\n]/.test(one));
        const around = before.filter((one) => !/gatebox-|[\r\n]/.test(one));
        const found = answered([...around, "gatebox-ready 1", ...own, "end", "more"].join("\n"));
        assert.deepEqual(found, own);
        assert.equal(answered([...around, "gatebox-ready 1", ...own].join("\n")), undefined);
        const readiness = readinessOf(own);
        for (const name of readiness.holds) assert.ok(own.some((one) => one.startsWith(`vip ${name} MASTER`)));
      }),
    );
  });
});

/** What becomes of a host: drained, silent, one of its programs down, or well. */
const lot = fc.constantFrom("well", "well", "drained", "announced", "silent", "down", "unfit");

describe("hosts that are drained, however the others are", function () {
  this.timeout(120_000);

  it("leave each address and each route to another host that is well", async () => {
    const names = [
      "webserver-1",
      "webserver-2",
      "gateway-1",
      "gateway-2",
      "gateway-3",
      "gateway-4",
      "gateway-5",
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(lot, { minLength: 7, maxLength: 7 }),
        fc.shuffledSubarray([...names]),
        async (lots, wanted) => {
          const hosts = new ToldHosts();
          for (const [index, name] of names.entries()) spoil(hosts, name, lots[index] ?? "well");
          for (const name of wanted) {
            const { box } = hosts;
            const host = box.hosts[name] ?? assert.fail(name);
            const wasDrained = hosts.drained.includes(name);
            const others = (pool: string): string[] =>
              (box.pools[pool]?.members ?? []).filter(
                (other) => other !== name && isWell(hosts, other, lots[names.indexOf(other as never)]),
              );
            const pools = new Set(vipsOfHost(box, host).map(({ pool }) => pool));
            const should = [...pools].every((pool) => others(pool).length > 0);
            try {
              await drainHost(hosts.work, host, { force: false, waitSeconds: 0 });
              assert.ok(wasDrained || should, `${name} was drained: ${lots.join()}`);
            } catch (error) {
              if (!(error instanceof NotDone)) throw error;
              const own = lots[names.indexOf(name)];
              assert.ok(!should || own === "silent" || own === "announced", `${name}: ${error.message}`);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

function spoil(hosts: ToldHosts, name: string, how: string): void {
  const host = hosts.of(name);
  if (how === "drained") host.drained = true;
  if (how === "announced") host.announced = true;
  if (how === "silent") host.silent = "connection: refused";
  if (how === "down") for (const one of ["vip", "gateway", "webserver"]) host.fails.set(one, "is not running");
  if (how === "unfit") for (const vip of host.states.keys()) host.states.set(vip, "FAULT");
}

function isWell(hosts: ToldHosts, name: string, how: string | undefined): boolean {
  return how === "well" && !hosts.of(name).drained;
}
