import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { writtenBox } from "../../box/index.ts";
import { parseProtobox } from "../box/parsing.ts";
import { wholeProtoboxText } from "../box/protobox.ts";
import type { Registration } from "../components/registrations.ts";
import { registrationsOf } from "../components/registrations.ts";
import { project } from "../package/packed.ts";
import { examples, run, runExample, withKnownHosts } from "./running.ts";

const names = readdirSync(examples, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? entry.name : [],
);
const read = (...file: string[]): string => readFileSync(path.join(examples, ...file), "utf8");
const named = (found: readonly Registration[], type: string): string[] =>
  found.filter((one) => one.type === type).map(({ name }) => name).sort(); // prettier-ignore

describe("each example", () => {
  const { version, engines, devDependencies } = JSON.parse(
    readFileSync(path.join(project, "package.json"), "utf8"),
  ) as {
    readonly version: string;
    readonly engines: { readonly node: string };
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const list = read("README.md");

  for (const name of names) {
    it(`${name} is in the list and says what it needs`, () => {
      assert.ok(list.includes(`(${name})`));
      const readme = read(name, "README.md");
      for (const need of ["Node", "Pulumi CLI", "`pulumi login`", "PULUMI_CONFIG_PASSPHRASE", "SSH agent", "host key"])
        assert.ok(readme.replaceAll(/\s+/g, " ").includes(need.replace("`pulumi login`", "pulumi login")), need);
    });

    if (!existsSync(path.join(examples, name, "package.json"))) continue;
    it(`${name} pins the versions that it is tested with`, () => {
      const manifest = JSON.parse(read(name, "package.json")) as Record<string, Record<string, string>>;
      assert.equal(manifest["engines"]?.["node"], engines.node);
      for (const [dependency, pinned] of Object.entries(manifest["dependencies"] ?? {}))
        assert.equal(pinned, dependency === "gatebox" ? version : devDependencies[dependency], dependency);
    });
  }

  it("is named like its folder, and contains no path of one machine", () => {
    for (const name of names) {
      const texts = readdirSync(path.join(examples, name)).map((file) => read(name, file));
      for (const text of texts) assert.doesNotMatch(text, /(?:^|[\s"'])\/(?:home|root|srv|tmp|work)\//);
      if (!existsSync(path.join(examples, name, "Pulumi.yaml"))) continue;
      assert.equal((parse(read(name, "Pulumi.yaml")) as { name: string }).name, name);
    }
  });
});

describe("the example box-in-typescript", () => {
  withKnownHosts();

  it("registers what the stack file registers, with the same inputs", async () => {
    const withoutStack = (found: readonly Registration[]) =>
      found.filter(({ type }) => type !== "Stack").toSorted((one, other) => (one.urn < other.urn ? -1 : 1));
    const written = await run(path.join(project, "index.ts"), wholeProtoboxText);
    const described = await run(path.join(examples, "box-in-typescript/index.ts"));
    assert.ok(written.found.length > 100);
    assert.deepEqual(withoutStack(described.found), withoutStack(written.found));
    assert.equal(described.exported["box"], written.exported["box"]);
  });
});

describe("the example nat-pair", () => {
  withKnownHosts();

  it("makes both machines NAT gateways, and gives them their addresses last", async () => {
    const { found } = await runExample("nat-pair");
    const trees = named(found, "Command").filter((name) => name.endsWith("-egress.pool"));
    const expected = [
      "firewall-nat-1-firewall",
      "firewall-nat-2-firewall",
      "nat-1-nat",
      "nat-2-nat",
      "vips-nat-1-vip",
      "vips-nat-2-vip",
    ];
    assert.deepEqual(trees, expected.map((name) => `egress-${name}-egress.pool`)); // prettier-ignore
    const unit = (name: string) =>
      found.find(
        (one) => one.type === "Command" && one.name.startsWith(`${name}-`) && one.name.endsWith("-egress.pool"),
      )!;
    assert.ok(unit("egress-vips-nat-1").dependencies.includes(unit("egress-nat-1").urn));
    const { virtualIps } = found.find(({ type }) => type === "VirtualIps")!.plain as { virtualIps: object };
    assert.deepEqual(Object.keys(virtualIps), ["gateway", "out"]);
  });
});

describe("the example service-from-another-stack", () => {
  it("makes the whole way to the wiki, on the box of the other stack", async () => {
    const box = writtenBox(parseProtobox());
    const { found } = await runExample("service-from-another-stack", "production", {
      "organization/gatebox/protobox": { outputs: { box: JSON.stringify(box) } },
    });
    assert.deepEqual(named(found, "ExposedService"), ["wiki"]);
    const unit = "service-from-another-stack.protobox.wiki";
    assert.deepEqual(named(found, "Command"), [
      ...["gateway-1", "gateway-2", "gateway-3"].map((host) => `wiki-gateways-${host}-gateway-${unit}`),
      ...["webserver-1", "webserver-2"].map((host) => `wiki-webservers-${host}-webserver-${unit}`),
    ]);
    const service = found.find(({ type }) => type === "Service")!;
    assert.ok(service.dependencies.includes(found.find(({ type }) => type === "Deployment")!.urn));
  });
});

describe("the example environments", () => {
  withKnownHosts();

  it("makes a box of each stack file, with what only one of them has", async () => {
    const staging = await runExample("environments", "staging");
    const production = await runExample("environments", "production");
    assert.deepEqual(named(staging.found, "HostRuntime"), ["hosts-gateway-1", "hosts-web-1"]);
    assert.deepEqual(named(production.found, "HostRuntime"), ["hosts-gateway-1", "hosts-gateway-2", "hosts-web-1", "hosts-web-2"]); // prettier-ignore
    assert.deepEqual([named(staging.found, "VirtualIps"), named(production.found, "VirtualIps")], [[], ["webservers-vips"]]); // prettier-ignore
  });
});

describe("the example automation-api", () => {
  withKnownHosts();

  it("has a program that begins anew each time it runs", async () => {
    const { site } = (await import("../../examples/automation-api/site.ts")) as { site: () => Promise<{ addresses: pulumi.Output<object> }> }; // prettier-ignore
    const runs = [await registrationsOf("config: {}", site), await registrationsOf("config: {}", site)];
    assert.deepEqual(runs[1], runs[0]);
    assert.equal(named(runs[0] ?? [], "HostRuntime").length, 1);
  });
});
