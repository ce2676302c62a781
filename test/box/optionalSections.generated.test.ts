import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBox, type Box } from "../../box/index.ts";
import { firewall, registry } from "../../render/registry.ts";
import { violationsOf } from "./parsing.ts";
import { protoboxKnownHosts, protoboxValues } from "./protobox.ts";

const sections = ["kubeGateways", "webservers", "services", "virtualIps", "natGateways", "hostNetworks", "monitoring", "limits", "firewall", "apps"] as const; // prettier-ignore
type Section = (typeof sections)[number];

/** The Protobox with some of its sections only; what leads from them to others is left out, too. */
function parseOnly(kept: ReadonlySet<string>, change: (values: Values) => void = () => undefined): Box {
  const values = protoboxValues() as unknown as Values;
  for (const section of sections) if (!kept.has(section)) Reflect.deleteProperty(values, section);
  change(values);
  return parse(values);
}

const parse = (values: object): Box =>
  parseBox({ name: "part", values: { ...values }, readFile: () => undefined, knownHosts: protoboxKnownHosts() });

interface Values {
  kubeGateways?: { routes: object };
  webservers?: { routes?: Record<string, { upstream: { group?: string } }> };
  services: Record<string, { web?: unknown }>;
  natGateways: { snatAddress: string }[];
}

describe("sections that a box does without", () => {
  const lone: Readonly<Record<string, readonly string[]>> = {
    "gateways without web servers": ["kubeGateways", "apps"],
    "virtual IPs alone": ["virtualIps"],
    "NAT gateways and their virtual IPs": ["natGateways", "virtualIps"],
    "the hosts' networks alone": ["hostNetworks"],
  };
  for (const [what, kept] of Object.entries(lone)) {
    it(`${what} are a box, whose hosts have all their files`, () => {
      const box = parseOnly(new Set(kept));
      const hosts = [...new Set(firewall.pools(box).flatMap((pool) => box.pools[pool]?.members ?? []))];
      assert.ok(hosts.length > 0);
      for (const name of hosts) {
        const host = box.hosts[name]!;
        const files = registry.assembliesOf(box, host).flatMap((each) => each.files(box, host, registry));
        assert.ok(
          files.some(({ path }) => path.endsWith("firewall.nft") || path.startsWith("nft/")),
          name,
        );
      }
    });
  }

  it("web servers without gateways lead where their routes say", () => {
    const alone = (group?: string) =>
      parseOnly(new Set(["webservers", "apps"]), ({ webservers }) => {
        webservers!.routes = { wiki: { location: "/wiki/", upstream: { port: 8080, ...(group === undefined ? {} : { group }) } } } as never; // prettier-ignore
      });
    assert.deepEqual(alone("nat-gateway-pool").webservers?.routes[0]?.upstream.members.length, 2);
    assert.deepEqual(
      violationsOf(() => alone()),
      [
        "webservers.routes.wiki.upstream.group: is missing, and the box has no kubeGateways, whose pool would be the default: name a pool",
      ],
    );
  });

  it("a service asks for the gateways, and for the web servers unless it has no location", () => {
    const of = (kept: readonly string[], web?: false) =>
      violationsOf(() =>
        parseOnly(new Set([...kept, "services", "apps"]), (values) => {
          values.services = { argocd: web === undefined ? {} : { web } };
        }),
      );
    assert.match(
      of(["webservers"]).join("\n"),
      /^kubeGateways: is missing, and argocd of services is exposed through/m,
    );
    assert.match(of(["kubeGateways"]).join("\n"), /^webservers: is missing, and argocd of services has a location .*"web: false"/m); // prettier-ignore
    assert.deepEqual(of(["kubeGateways"], false), []);
  });

  it("a service without a location opens its port on the gateways, and nothing on the web servers", () => {
    const values = protoboxValues() as unknown as Values;
    values.services["argocd"] = { web: false };
    const { gateway, web } = parse(values).services.find(({ name }) => name === "argocd")!;
    assert.equal(web, undefined);
    assert.equal(gateway.port, 30160);
  });

  it("a box of nothing is refused: it would undo all that stands", () => {
    assert.match(violationsOf(() => parseOnly(new Set())).join("\n"), /^pools: have nothing to do: write one of /);
  });

  it("hosts that do not say themselves how they are reached ask for the connection, once", () => {
    const values = protoboxValues();
    Reflect.deleteProperty(values, "connection");
    const found = violationsOf(() => parse(values));
    assert.equal(found.length, 1);
    assert.match(
      found[0]!,
      /^connection: is missing: write "network: [a-z-]+", or another network over which SSH reaches /,
    );
  });

  it("are left out in any combination without a crash: a box, or violations", () => {
    fc.assert(
      fc.property(fc.subarray([...sections]), (kept: readonly Section[]) => {
        const values = protoboxValues();
        for (const section of sections) if (!kept.includes(section)) Reflect.deleteProperty(values, section);
        let box: Box | undefined;
        const found = violationsOf(() => (box = parse(values)));
        if (box === undefined) {
          assert.ok(found.length > 0);
          return;
        }
        for (const host of Object.values(box.hosts))
          for (const assembly of registry.assembliesOf(box, host)) assembly.files(box, host, registry);
      }),
      { numRuns: 100 },
    );
  });
});
