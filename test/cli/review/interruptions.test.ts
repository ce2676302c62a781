import assert from "node:assert/strict";
import { reviewed, unit, type Sample, type Texts } from "./previews.ts";

const base = (host: string, assembly: string, before: Texts | undefined, after: Texts | undefined): Sample[] =>
  unit(host, { assembly, unit: "dev.pool", ...(before && { before }), ...(after && { after }) });
const told = (samples: readonly Sample[]): string[] =>
  reviewed(samples).interruptions.map(({ kind, what, hosts, noticed = "-", isCertain }) => `${kind} ${what} on ${hosts.join("+")}: ${noticed}${isCertain ? "" : "?"}`); // prettier-ignore
const vips = (before: Record<string, number>, after = before): Sample => {
  const inputs = (priorities: object): Record<string, unknown> => ({ pool: "p", hosts: Object.keys(priorities), virtualIps: { edge: { address: "192.0.2.9", priorities } } }); // prettier-ignore
  return { name: "vips", type: "gatebox:index:VirtualIps", before: inputs(before), after: inputs(after) };
};
const dropIn = (text: string): Texts => ({ "systemd/haproxy.conf": text });

describe("what a change interrupts", () => {
  it("is a reload for another route", () => {
    const route = (text: string): Texts => ({ "haproxy/routes/30160.cfg": text });
    assert.deepEqual(told(["a", "b"].flatMap((host) => base(host, "gateway", route("1\n"), route("2\n")))), [
      "reload haproxy.service on a+b: -",
    ]);
  });

  it("is a restart for another service, and nothing for what stands before [Service]", () => {
    const [one, two, other] = ["# 1\n[Service]\nNice=1\n", "# 2\n[Service]\nNice=1\n", "# 1\n[Service]\nNice=2\n"];
    assert.deepEqual(told(base("a", "gateway", dropIn(one), dropIn(two))), []);
    assert.deepEqual(told(base("a", "gateway", dropIn(one), dropIn(other))), [
      "restart haproxy.service on a: requests through this gateway are cut off",
    ]);
  });

  it("is nothing for a file that no program reads", () => {
    assert.deepEqual(told(base("a", "gateway", { "interfaces.used": "1\n" }, { "interfaces.used": "2\n" })), []);
  });

  it("is a move of the virtual IPs of a holder that starts again, and of no other", () => {
    const restart = base("a", "gateway", dropIn("[Service]\nNice=1\n"), dropIn("[Service]\nNice=2\n"));
    assert.deepEqual(told([vips({ a: 100, b: 50 }), ...restart])[0], "move virtual IP edge, 192.0.2.9 on a: its holder gives it up while haproxy.service starts again"); // prettier-ignore
    assert.equal(told([vips({ a: 50, b: 100 }), ...restart]).length, 1);
  });

  it("is a move for good where another host has the highest priority", () => {
    assert.deepEqual(told([vips({ a: 100, b: 50 }, { a: 100, b: 150 })]), [
      "move virtual IP edge, 192.0.2.9 on b: it moves from a to b, and stays there",
    ]);
  });

  it("is a first start, or an end, where an assembly comes or goes", () => {
    assert.deepEqual(told(base("a", "gateway", undefined, { x: "1\n" })), ["start gateway on a: -"]);
    assert.deepEqual(told(base("a", "gateway", { x: "1\n" }, undefined)), [
      "stop gateway on a: its configuration and its rules go",
    ]);
  });

  it("is a first start alone where fragments come with their assembly", () => {
    const fragment = unit("a", { assembly: "gateway", unit: "box.dev.wiki", after: { "haproxy/routes/1.cfg": "1\n" } });
    assert.deepEqual(told([...base("a", "gateway", undefined, { x: "1\n" }), ...fragment]), ["start gateway on a: -"]);
  });

  it("is uncertain where a text is secret", () => {
    const [component, command] = base("a", "webserver", { "nginx/tls/key.pem": "1\n" }, { "nginx/tls/key.pem": "2\n" });
    assert.deepEqual(told([component!, { ...command!, secretOutputs: ["stdin"] }]), ["reload nginx.service on a: -?"]);
  });
});

describe("what a reviewer must not miss", () => {
  const pool = (hosts: readonly string[], before = hosts): Sample => ({
    name: "gateways",
    type: "gatebox:index:GatewayPool",
    before: { pool: "gateway-pool", hosts: before },
    after: { pool: "gateway-pool", hosts },
  });
  const warned = (samples: readonly Sample[]): string[] => reviewed([...samples, { name: "same", before: {}, after: {} }]).warnings.map(({ kind, message }) => `${kind}: ${message}`); // prettier-ignore
  const change = (host: string): Sample[] =>
    base(host, "gateway", dropIn("[Service]\nNice=1\n"), dropIn("[Service]\nNice=2\n"));

  it("is the host of a pool that is changed first", () => {
    assert.deepEqual(warned([pool(["a", "b"]), ...change("b"), ...change("a")]), [
      "first-of-pool: a is the first of gateway-pool that is changed: look there before the others follow",
    ]);
  });

  it("is a pool of one, and one that is left with one", () => {
    assert.deepEqual(warned([pool(["a"]), ...change("a")]), [
      "single-member: a is the only member of gateway-pool: nobody serves while it is changed",
    ]);
    assert.deepEqual(warned([pool(["a"], ["a", "b"])]), [
      "single-member: gateway-pool is left with a single member, a: nothing serves when it fails",
    ]);
  });

  it("is a holder of virtual IPs that is changed", () => {
    const message = "virtual-ip-holder: a is changed, by priority the holder of edge";
    assert.ok(warned([vips({ a: 2, b: 1 }), ...change("a")]).includes(message));
    const others = warned([vips({ a: 2, b: 1 }), ...change("b")]);
    assert.ok(!others.some((one) => one.startsWith("virtual-ip-holder")), others.join("\n"));
  });

  it("is what is deleted, a component for all that is in it", () => {
    const component: Sample = { name: "wiki", type: "gatebox:index:ExposedService", before: {} };
    const inner: Sample = { name: "wiki-service", type: "kubernetes:core/v1:Service", parent: "wiki", before: {} };
    assert.deepEqual(
      warned([component, inner, { name: "x", type: "a:b:Key", before: { l: 1 }, after: { l: 2 }, op: "replace" }]),
      ["deletion: deleted: ExposedService wiki", "deletion: deleted and made anew: Key x"],
    );
  });

  it("is a certificate near its end, also one that stays as it is", () => {
    // Valid until 2026-12-11, ten days after the tests' own time.
    const text = { "tls/edge.pem": certificate };
    assert.deepEqual(warned(unit("a", { assembly: "webserver", unit: "dev.tls", before: text, after: text })), [
      "certificate: a certificate in /etc/gatebox/webserver/tls/edge.pem on a expires in 10 days",
    ]);
  });
});

const certificate = `-----BEGIN CERTIFICATE-----
MIIBdDCCARmgAwIBAgIUWTUq5KbpvOrP1uiEiZHgFzsllh0wCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEZWRnZTAeFw0yNjExMzAyMTI2MDdaFw0yNjEyMTEyMTI2MDda
MA8xDTALBgNVBAMMBGVkZ2UwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQQ8FMc
b+3zCLxKxCqZCE0DnqZcOSmDrKlpvD8jMTvLKMz82dhnPbKAbyiqN5qvrJJwMDtn
umHOUodGDTQxZXRio1MwUTAdBgNVHQ4EFgQUC+z8BRDwskhpuMe84GCYJFbYIDcw
HwYDVR0jBBgwFoAUC+z8BRDwskhpuMe84GCYJFbYIDcwDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNJADBGAiEA53655qfQpL7GlVEkg6T0HaK09nISZ8yObwC1
SEyLcxgCIQDxEQN9M9InmHbo4NeTicqS+PtdzNhpUjRx3tp9J4ND7w==
-----END CERTIFICATE-----
`;
