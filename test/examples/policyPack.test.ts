import assert from "node:assert/strict";
import fc from "fast-check";
import { rules, type Declared } from "../../examples/policy-pack/rules.ts";

const config = { first: 30000, last: 32767 };
const gatebox = (component: string): string => `gatebox:index:${component}`;
const resource = (type: string, props: Declared["props"], more: Partial<Declared> = {}): Declared => ({ type, name: "mine", props, ...more }); // prettier-ignore

/** The names of the rules that a resource breaks. */
const brokenBy = (one: Declared): string[] => rules.filter(({ broken }) => broken(one, config) !== undefined).map(({ name }) => name); // prettier-ignore

const several = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 30 });
const inside = fc.integer({ min: config.first, max: config.last });
const elsewhere = fc.oneof(fc.integer({ min: 1, max: config.first - 1 }), fc.integer({ min: config.last + 1, max: 65535 })); // prettier-ignore
const pool = fc.constantFrom(...["GatewayPool", "WebserverPool", "NatGateway"].map(gatebox));
const service = "kubernetes:core/v1:Service";
const open = fc.constantFrom({ type: "NodePort" }, { type: "LoadBalancer" }, { type: "ClusterIP", externalIPs: ["192.168.1.9"] }, { externalIPs: ["192.168.1.9"] }); // prettier-ignore
const closed = fc.constantFrom({}, { type: "ClusterIP" }, { type: "ExternalName" }, { externalIPs: [] });
const exposed = fc.constantFrom(
  "urn:pulumi:protobox::gatebox::gatebox:index:ExposedService::wiki",
  "urn:pulumi:protobox::gatebox::my:index:Wiki$gatebox:index:ExposedService::wiki",
);
const others = fc.constantFrom(
  undefined,
  "urn:pulumi:protobox::gatebox::pulumi:pulumi:Stack::gatebox-protobox",
  "urn:pulumi:protobox::gatebox::gatebox:index:GatewayPool::ExposedService",
  "urn:pulumi:protobox::gatebox::other:gatebox:index:ExposedServices::wiki",
);

/** Resources, and the rules that they break. */
const classes: readonly (readonly [string, fc.Arbitrary<Declared>, readonly string[]])[] = [
  ["a pool of one", fc.tuple(pool, fc.string({ minLength: 1 })).map(([type, host]) => resource(type, { hosts: [host] })), ["two-of-each"]],
  ["a pool of several", fc.tuple(pool, several).map(([type, hosts]) => resource(type, { hosts })), []],
  ["a route of the site's ports", fc.tuple(inside, several).map(([port, members]) => resource(gatebox("GatewayRoute"), { port, members })), []],
  ["a route of another port", fc.tuple(elsewhere, several).map(([port, members]) => resource(gatebox("GatewayRoute"), { port, members })), ["ports-of-the-site"]],
  ["a route with one member", inside.map((port) => resource(gatebox("GatewayRoute"), { port, members: ["web-1 192.168.1.9:80"] })), ["two-backends"]],
  ["a location", several.map((members) => resource(gatebox("WebserverRoute"), { location: "/wiki/", members })), []],
  ["the location /", several.map((members) => resource(gatebox("WebserverRoute"), { location: "/", members })), ["root-is-nobodys"]],
  ["an open Service of an ExposedService", fc.tuple(open, exposed).map(([spec, parent]) => resource(service, { spec }, { parent })), []],
  ["an open Service of anybody else", fc.tuple(open, others).map(([spec, parent]) => resource(service, { spec }, { parent })), ["declared-services-only"]],
  ["a Service that is not open", fc.tuple(closed, others).map(([spec, parent]) => resource(service, { spec }, { parent })), []],
  ["protected addresses", fc.constant(resource(gatebox("VirtualIps"), {}, { isProtected: true })), []],
  ["addresses that are not protected", fc.constant(resource(gatebox("VirtualIps"), {}, { isProtected: false })), ["addresses-are-protected"]],
  ["any other resource", fc.tuple(fc.constantFrom("command:remote:Command", "pulumi:pulumi:Stack", gatebox("GitLab")), several).map(([type, hosts]) => resource(type, { hosts: hosts.slice(0, 1), port: 1, location: "/" })), []],
]; // prettier-ignore

describe("the rules of the example of a policy pack", () => {
  for (const [what, declared, expected] of classes)
    it(`${what} ${expected.length === 0 ? "breaks none" : `breaks ${expected.join(", ")}`}`, () =>
      fc.assert(fc.property(declared, (one) => assert.deepEqual(brokenBy(one), expected))));

  it("say what is wrong with whom, and what follows", () => {
    const told = rules.map(({ broken }) => broken(resource(gatebox("GatewayRoute"), { port: 99, members: ["a b:1"] }), config)); // prettier-ignore
    assert.deepEqual(told.filter(Boolean), [
      "its only member is a b:1: nobody answers while that one is down",
      "port 99 is not of those that the site has set aside, 30000 to 32767",
    ]);
  });
});
