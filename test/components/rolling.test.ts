import assert from "node:assert/strict";
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
