import assert from "node:assert/strict";
import fc from "fast-check";
import { GatewayPool, GatewayRoute, WebserverPool, WebserverRoute } from "../../components/index.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const networks = { "box-network": "192.168.1.0/24", "site-network": "10.20.0.0/24" };

/** So many hosts on two networks. */
function site(count: number) {
  const names = Array.from({ length: count }, (_, index) => `host-${index + 1}`);
  const host = (name: string, index: number) => ({
    addresses: { "box-network": `192.168.1.${10 + index}`, "site-network": `10.20.0.${10 + index}` },
    hostKey: hostKeyFor(name),
  });
  const hosts = Object.fromEntries(names.map((name, index) => [name, host(name, index)]));
  return { networks, connection: { network: "box-network" }, hosts };
}

const kinds: Readonly<Record<string, (count: number) => void>> = {
  GatewayRoute: (count) => {
    const { box } = new GatewayPool("pool", { ...site(count), network: "site-network", backendNetwork: "box-network" });
    const destination = { addresses: [{ name: "database", address: "192.168.1.99", port: 5432 }] };
    new GatewayRoute("route", { box, route: { mode: "tcp", port: 30500, destination } });
  },
  WebserverRoute: (count) => {
    const pool = { ...site(count), network: "site-network", upstreamNetwork: "box-network", routes: {} };
    const { box } = new WebserverPool("pool", pool);
    new WebserverRoute("route", { box, route: { location: "/wiki/", upstream: { name: "wiki", port: 30170, group: "pool" } } }); // prettier-ignore
  },
};

describe("a route is added to the first host of a pool, and then to all others at once", () => {
  for (const [kind, make] of Object.entries(kinds))
    for (const count of [1, 2, 3, 30])
      it(`${kind} on ${count} ${count === 1 ? "host" : "hosts"}`, async () => {
        const found = await registrationsOf("config: {}", () => make(count));
        const own = found.filter(({ type, name }) => type === "Command" && /^route-host-\d+-/.test(name));
        assert.equal(own.length, count);
        const waitsFor = ({ dependencies }: Registration) => own.filter(({ urn }) => dependencies.includes(urn));
        const [first, ...more] = own.filter((unit) => waitsFor(unit).length === 0);
        assert.ok(first && more.length === 0, "no single first host");
        for (const unit of own) assert.deepEqual(waitsFor(unit), unit === first ? [] : [first], unit.name);
      });
});

/** The hosts whose configuration is changed at a time, in their order, of a pool with such a `rollout`. */
async function turnsOf(count: number, rollout: object): Promise<readonly (readonly string[])[]> {
  const args = { ...site(count), network: "site-network", backendNetwork: "box-network", rollout: { pool: rollout } };
  const found = await registrationsOf("config: {}", () => {
    new GatewayPool("pool", args);
  });
  const own = found.filter(({ type, name }) => type === "Command" && /^pool-host-\d+-gateway-/.test(name));
  const hostOf = ({ name }: Registration): string => /host-\d+/.exec(name)?.[0] ?? "";
  const depth = new Map<string, number>();
  const depthOf = (unit: Registration): number => {
    const known = depth.get(unit.urn);
    if (known !== undefined) return known;
    const before = own.filter(({ urn }) => unit.dependencies.includes(urn)).map(depthOf);
    depth.set(unit.urn, Math.max(-1, ...before) + 1);
    return depthOf(unit);
  };
  const turns: string[][] = [];
  for (const unit of own) (turns[depthOf(unit)] ??= []).push(hostOf(unit));
  return turns.map((hosts) => hosts.toSorted());
}

describe("a pool is changed", () => {
  it("one host after the other, the first alone, or as many at a time as its stack says, those first that it names", async () => {
    const cases = fc.integer({ min: 2, max: 9 }).chain((count) => {
      const names = site(count).hosts;
      return fc.record({
        count: fc.constant(count),
        batch: fc.integer({ min: 1, max: Math.max(1, Math.floor(count / 2)) }),
        first: fc.uniqueArray(fc.constantFrom(...Object.keys(names)), { maxLength: count }),
      });
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ count, batch, first }) => {
        const rest = Object.keys(site(count).hosts).filter((name) => !first.includes(name));
        const [one = "", ...others] = [...first, ...rest];
        const expected = [[one], ...others.flatMap((_, at) => (at % batch === 0 ? [others.slice(at, at + batch).toSorted()] : []))]; // prettier-ignore
        assert.deepEqual(await turnsOf(count, { batch, first }), expected);
      }),
      { numRuns: 12 },
    );
  });
});
