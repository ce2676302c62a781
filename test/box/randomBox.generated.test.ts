import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBox, type Box } from "../../box/index.ts";
import { edit, type Changes } from "./edit.ts";
import { violationsOf } from "./parsing.ts";
import { randomBox, type RandomBox } from "./randomBox.ts";

function parse({ values, knownHosts }: RandomBox): Box {
  return parseBox({ name: "random", values, readFile: () => undefined, knownHosts });
}

/** One way to break any box, and what the first violation reported about it must look like. */
interface Mutation {
  readonly kind: string;
  readonly changes: (values: Values) => Changes;
  readonly says: RegExp;
}

/** As much of a random configuration as mutations look at. */
interface Values {
  readonly virtualIps: Readonly<Record<string, { readonly address: string; readonly virtualRouterId: number }>>;
  readonly apps: Readonly<Record<string, { readonly port: number }>>;
  readonly hosts: Readonly<Record<string, { readonly addresses: Readonly<Record<string, string>> }>>;
}

const mutations: readonly Mutation[] = [
  {
    kind: "unknown app",
    changes: () => ({ "kubeGateways.routes.app-0.app": "appp-0" }),
    says: /^kubeGateways\.routes\.app-0\.app: unknown app "appp-0" \(did you mean "app-0"\?\)$/,
  },
  {
    kind: "unknown host",
    changes: () => ({ "pools.gateways.0": "gatewy-0" }),
    says: /^pools\.gateways\[0\]: unknown host "gatewy-0" \(did you mean "gateway-0"\?\)$/,
  },
  {
    kind: "two apps on one port",
    changes: ({ apps }) => ({ "apps.app-1.port": apps["app-0"]?.port }),
    says: /^apps\.app-1\.port: \d+ is the port of app "app-0" already/,
  },
  {
    kind: "port outside of the NodePorts",
    changes: () => ({ "apps.app-1.port": 29999 }),
    says: /^apps\.app-1\.port: 29999 is outside of the NodePorts/,
  },
  {
    kind: "duplicate address",
    changes: ({ hosts }) => ({ "hosts.other-0.addresses.inside": hosts["gateway-0"]?.addresses["inside"] }),
    says: /^hosts\.other-0\.addresses\.inside: [\d.]+ is taken by hosts\.gateway-0\.addresses\.inside/,
  },
  {
    kind: "address outside of its network",
    changes: ({ hosts }) => ({
      "hosts.gateway-0.addresses.inside": hosts["other-0"]?.addresses["inside"]?.replace(/\d+\.\d+$/, "9.9"),
    }),
    says: /^hosts\.gateway-0\.addresses\.inside: [\d.]+ lies outside of inside/,
  },
  {
    kind: "overlapping networks",
    changes: ({ hosts }) => ({ "networks.other": hosts["gateway-0"]?.addresses["inside"]?.replace(/\d+$/, "128/25") }),
    says: /^networks\.other: [\d./]+ overlaps [\d./]+ of inside/,
  },
  {
    kind: "missing host key",
    changes: () => ({ "hosts.gateway-0.hostKey": undefined, "hosts.gateway-0.connection": { port: 2222 } }),
    says: /^hosts\.gateway-0\.hostKey: is missing/,
  },
  {
    kind: "empty pool",
    changes: () => ({ "pools.webservers": [] }),
    says: /^pools\.webservers: \[\] is an empty pool/,
  },
  {
    kind: "one location twice",
    changes: () => ({ "services.app-1.web": { location: "/app-0/" } }),
    says: /^services\.app-1\.web\.location: \/app-0\/ is declared by webservers\.routes\.app-0 already/,
  },
  {
    kind: "Jinja",
    changes: () => ({ "webservers.routes.app-0.upstream.app": "{{ app }}" }),
    says: /^webservers\.routes\.app-0\.upstream\.app: "\{\{ app \}\}" is a Jinja expression/,
  },
  {
    kind: "unknown key",
    changes: () => ({ "services.app-1.apps": "app-1" }),
    says: /^services\.app-1\.apps: unknown key "apps" \(did you mean "app"\?\)$/,
  },
  {
    kind: "wrong type",
    changes: () => ({ "apps.app-1.port": "many" }),
    says: /^apps\.app-1\.port: "many" is a text, expected a number$/,
  },
  {
    kind: "closed port",
    changes: ({ apps }) => ({
      "webservers.routes.more": { location: "/more/", upstream: { port: freePort(apps) } },
    }),
    says: /^webservers\.routes\.more\.upstream\.port: port \d+ is not open on the gateways/,
  },
  {
    kind: "one router identifier twice",
    changes: ({ virtualIps }) => ({ "virtualIps.natOut.virtualRouterId": virtualIps["front"]?.virtualRouterId }),
    says: /^virtualIps\.natOut\.virtualRouterId: \d+ is the number of virtualIps\.front on middle already: \d+ is free$/,
  },
  {
    kind: "equal priorities",
    changes: () => ({ "virtualIps.edge.priorities": { "webserver-0": 7, "webserver-1": 7 } }),
    says: /^virtualIps\.edge\.priorities\.webserver-1: 7 is the priority of webserver-0 already: \d+ is free$/,
  },
  {
    kind: "priority of a stranger",
    changes: () => ({ "virtualIps.nat.priorities": { "other-0": 50 } }),
    says: /^virtualIps\.nat\.priorities\.other-0: "other-0" is not in nats/,
  },
  {
    kind: "VIP outside of its network",
    changes: ({ virtualIps }) => ({ "virtualIps.nat.address": virtualIps["edge"]?.address.replace(/\d+$/, "77") }),
    says: /^virtualIps\.nat\.address: [\d.]+ lies outside of inside [\d./]+: it lies in edge/,
  },
  {
    kind: "VIP with a host's address",
    changes: ({ hosts }) => ({ "virtualIps.edge.address": hosts["webserver-0"]?.addresses["edge"] }),
    says: /^virtualIps\.edge\.address: [\d.]+ is taken by hosts\.webserver-0\.addresses\.edge/,
  },
  {
    kind: "VIPs of two pools together",
    changes: () => ({ "virtualIps.natOut.syncGroup": "front" }),
    says: /^virtualIps\.natOut\.syncGroup: "front" is on webservers, and natOut on nats/,
  },
  {
    kind: "NAT within one network",
    changes: () => ({ "natGateways.0.output": "inside" }),
    says: /^natGateways\[0\]\.output: "inside" is the input too/,
  },
  {
    kind: "source of another pool",
    changes: () => ({ "natGateways.0.snatAddress": "front" }),
    says: /^natGateways\[0\]\.snatAddress: "front" is a VIP of webservers, not of nats: /,
  },
  {
    kind: "NIC that is not known",
    changes: () => ({ "hosts.other-0.macAddresses": undefined }),
    says: /^hosts\.other-0\.macAddresses\.inside: is missing, and hostNetworks finds the interface by it/,
  },
];

/** A mapping written backwards; lists have an order. */
function reversed(entries: unknown): unknown {
  return Array.isArray(entries) ? entries : Object.fromEntries(Object.entries(entries as object).reverse());
}

/** Mutations that undo another one: they take its host out of its pool, or change the very value that it changes. */
const undoing = new Set(["unknown host", "duplicate address", "port outside of the NodePorts", "wrong type"]);

function freePort(apps: Values["apps"]): number {
  const taken = new Set(Object.values(apps).map(({ port }) => port));
  let port = 31000;
  while (taken.has(port)) port++;
  return port;
}

describe("random boxes", () => {
  it("are sound, and survive JSON", () => {
    fc.assert(
      fc.property(randomBox, (random) => {
        const box = parse(random);
        assert.deepEqual(JSON.parse(JSON.stringify(box)), box);
      }),
    );
  });

  it("have one port value for each way: app, gateway, servers and upstream agree", () => {
    fc.assert(
      fc.property(randomBox, (random) => {
        const box = parse(random);
        for (const { app, gateway, web } of box.services) {
          const members = [...gateway.destination.members, ...web!.upstream.members];
          assert.deepEqual(new Set([gateway.port, ...members.map(({ port }) => port)]), new Set([app.port]));
          const pool = box.pools[box.kubeGateways!.pool]?.members;
          assert.deepEqual(
            gateway.destination.members.map(({ name }) => name),
            pool,
          );
          assert.deepEqual(
            web!.upstream.members.map(({ name }) => name),
            pool,
          );
        }
      }),
    );
  });

  it("do not depend on the order in which their sections and entries are written", () => {
    fc.assert(
      fc.property(randomBox, (random) => {
        const backwards = Object.fromEntries(
          Object.entries(random.values)
            .reverse()
            .map(([section, entries]) => [section, reversed(entries)]),
        );
        const box = parse({ ...random, values: backwards });
        const inOrder = (services: Box["services"]) =>
          [...services].sort((left, right) => (left.name < right.name ? -1 : 1));
        assert.deepEqual(inOrder(box.services), inOrder(parse(random).services));
        assert.deepEqual(box.hosts, parse(random).hosts);
        assert.deepEqual(box.virtualIps, parse(random).virtualIps);
      }),
    );
  });

  it("have a highest priority for one host of each VIP, and VIPs that move together agree about it", () => {
    fc.assert(
      fc.property(randomBox, (random) => {
        const { virtualIps, pools } = parse(random);
        const order = (name: string) => {
          const priorities = Object.entries(virtualIps[name]?.priorities ?? {});
          return priorities.sort(([, left], [, right]) => right - left).map(([host]) => host);
        };
        for (const { name, pool, priorities, syncGroup } of Object.values(virtualIps)) {
          assert.deepEqual(order(name).toSorted(), [...(pools[pool]?.members ?? [])].sort());
          assert.equal(new Set(Object.values(priorities)).size, order(name).length);
          if (syncGroup !== undefined) assert.deepEqual(order(name), order(syncGroup));
        }
      }),
    );
  });

  it("warn of each VIP that one host has for itself, and beside that of open SSH at most", () => {
    fc.assert(
      fc.property(randomBox, (random) => {
        const { virtualIps, pools, warnings } = parse(random);
        const lone = Object.values(virtualIps).filter(({ pool }) => pools[pool]?.members.length === 1);
        const paths = warnings.map((warning) => warning.split(":", 1)[0] ?? "");
        // Of SSH that is open to clients there are tests of its own.
        assert.deepEqual(
          paths.filter((path) => !/^connection\.from$|\.connection\.from$/.test(path)),
          lone.map(({ name }) => `virtualIps.${name}.pool`),
        );
      }),
    );
  });

  for (const { kind, changes, says } of mutations) {
    it(`broken by one mutation, say so: ${kind}`, () => {
      fc.assert(
        fc.property(randomBox, ({ values, knownHosts }) => {
          const broken = edit(structuredClone(values), changes(values as unknown as Values));
          const violations = violationsOf(() => parse({ values: broken, knownHosts }));
          assert.ok(
            violations.some((violation) => says.test(violation)),
            `none of ${JSON.stringify(violations)}`,
          );
        }),
        { numRuns: 25 },
      );
    });
  }

  it("broken by several mutations at once, say each", () => {
    const apart = mutations.filter(({ kind }) => !undoing.has(kind));
    const several = fc.uniqueArray(fc.constantFrom(...apart), {
      minLength: 2,
      maxLength: apart.length,
      selector: ({ kind }) => kind,
    });
    fc.assert(
      fc.property(randomBox, several, ({ values, knownHosts }, chosen) => {
        const broken = structuredClone(values);
        for (const { changes } of chosen) edit(broken, changes(values as unknown as Values));
        const violations = violationsOf(() => parse({ values: broken, knownHosts }));
        for (const { kind, says } of chosen) {
          assert.ok(
            violations.some((violation) => says.test(violation)),
            `${kind}: none of ${JSON.stringify(violations)}`,
          );
        }
      }),
    );
  });
});
