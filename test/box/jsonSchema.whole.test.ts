import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { stackFileSchema } from "../../box/index.ts";
import { edit, type Changes } from "./edit.ts";
import { parseProtobox, violationsOf } from "./parsing.ts";
import { wholeProtoboxText } from "./protobox.ts";

/** What editors show, and no validator looks at. */
const annotations = ["errorMessage", "patternErrorMessage"];

const accepts = new Ajv({ strict: true, keywords: annotations }).compile(stackFileSchema());

const stackFile = parse(wholeProtoboxText) as Record<string, unknown>;

/** Whether the schema accepts the Protobox's stack file with changes. */
function acceptsProtobox(changes: Changes = {}): boolean {
  return accepts(edit(structuredClone(stackFile), changes));
}

describe("the JSON Schema of stack files", () => {
  it("is the committed one; `npm run schema` writes it anew", () => {
    const committed = readFileSync(new URL("../../Pulumi.schema.json", import.meta.url), "utf8");
    assert.deepEqual(JSON.parse(committed), stackFileSchema());
  });

  it("accepts the Protobox", () => {
    assert.ok(acceptsProtobox(), JSON.stringify(accepts.errors, null, 2));
  });

  it("accepts IPv6 beside IPv4", () => {
    const changes = {
      "config.gatebox:networks.public-network": { cidr: "192.168.0.0/24", ipv6: "fd00:0:0:a::/64" },
      "config.gatebox:hosts.webserver-1.addresses6": { "public-network": "fd00:0:0:a::30" },
      "config.gatebox:virtualIps.edge.address": "fd00:0:0:a::33",
    };
    assert.ok(acceptsProtobox(changes), JSON.stringify(accepts.errors, null, 2));
  });

  it("accepts what Pulumi and other providers keep in the file", () => {
    const changes = {
      encryptionsalt: "v1:AAAA",
      "config.kubernetes:context": "protobox",
      "config.gatebox:tlsPrivateKey": { secure: "AAAA" },
    };
    assert.ok(acceptsProtobox(changes), JSON.stringify(accepts.errors, null, 2));
  });

  const refused: Readonly<Record<string, Changes>> = {
    "an unknown section": { "config.gatebox:host": {} },
    "a section without the namespace": { "config.hosts": {} },
    "a misspelt key": { "config.gatebox:apps.argocd.prot": 30160 },
    "a port in quotes": { "config.gatebox:apps.argocd.port": "30160" },
    "an address that is none": { "config.gatebox:hosts.node-1.addresses.box-network": "192.168.1" },
    "a prefix that is none": { "config.gatebox:networks.box-network": { cidr: "192.168.1.0/24", ipv6: "fd00::" } },
    "an IPv4 address for an IPv6 one": {
      "config.gatebox:hosts.node-1.addresses6": { "box-network": "192.168.1.51" },
    },
    "a VIP that is no address": { "config.gatebox:virtualIps.edge.address": "fd00:::33" },
    "an unknown directive": { "config.gatebox:webservers.routes.kibana.params.proxypass": { values: "x" } },
    "an empty pool": { "config.gatebox:pools.nodes-pool": [] },
    "a priority that VRRP does not have": { "config.gatebox:virtualIps.edge.priorities.webserver-1": 255 },
    "adverts between hundredths of a second": { "config.gatebox:virtualIps.edge.advertIntervalMs": 105 },
    "a state": { "config.gatebox:virtualIps.edge.state": "MASTER" },
    "a NAT gateway without a source": { "config.gatebox:natGateways.0.snatAddress": undefined },
    "an opening that is no port": {
      "config.gatebox:natGateways.0.openPorts": [{ network: "gateway-network", port: 0 }],
    },
    "a port that is no NodePort": { "config.gatebox:apps.argocd.port": 8080 },
    "a route with two sources of its port": { "config.gatebox:kubeGateways.routes.kibana.port": 30163 },
    "an upstream without a port": { "config.gatebox:webservers.routes.kibana.upstream.app": undefined },
    "a route that leads to a pool and to servers": {
      "config.gatebox:kubeGateways.routes.kibana.destination.addresses": [
        { name: "a", address: "192.168.1.51", port: 80 },
      ],
    },
    "a missing section": { "config.gatebox:networks": undefined },
    "a private key in plain": { "config.gatebox:tlsPrivateKey": "-----BEGIN PRIVATE KEY-----" },
    "an unknown key of the file": { encryptionSalt: "v1:AAAA" },
  };
  for (const [title, changes] of Object.entries(refused)) {
    it(`refuses ${title}`, () => assert.ok(!acceptsProtobox(changes)));
  }

  it("accepts of a directive what a preview accepts, in every form", () => {
    const types = [undefined, "single", "repeat", "sngle", 5, null];
    const values = ["x", 5, "", { A: "x", B: 5 }, {}, { A: ["x"] }, { A: null }, ["x"], false, null, undefined];
    for (const type of types) {
      for (const value of values) {
        const written = { ...(type === undefined ? {} : { type }), ...(value === undefined ? {} : { values: value }) };
        // What can stand in a directive only a preview can tell.
        const says = violationsOf(() => parseProtobox({ "webservers.routes.kibana.params.add_header": written }));
        const refuses = says.some((violation) => !violation.includes("cannot stand in a directive"));
        const changes = { "config.gatebox:webservers.routes.kibana.params.add_header": written };
        assert.equal(acceptsProtobox(changes), !refuses, `${JSON.stringify(written)}: ${says.join("; ")}`);
      }
    }
  });

  it("says the rule beside every regular expression, and wherever one of several forms is to be chosen", () => {
    const unexplained: string[] = [];
    const walk = (schema: unknown, path: string): void => {
      if (typeof schema !== "object" || schema === null) return;
      const { pattern, patternErrorMessage, oneOf, errorMessage } = schema as Record<string, unknown>;
      if (typeof pattern === "string" && typeof patternErrorMessage !== "string") unexplained.push(path);
      if (oneOf !== undefined && typeof errorMessage !== "string") unexplained.push(path);
      for (const [key, inner] of Object.entries(schema)) walk(inner, `${path}.${key}`);
    };
    walk(stackFileSchema(), "");
    assert.deepEqual(unexplained, []);
  });

  it("explains every section and every key of a section", () => {
    const { properties } = stackFileSchema() as { properties: { config: { properties: Record<string, Described> } } };
    for (const [name, section] of Object.entries(properties.config.properties)) {
      assert.ok(section.description, `${name} has no description`);
      for (const [key, value] of Object.entries(section.properties ?? {})) {
        assert.ok(value.description, `${name}.${key} has no description`);
      }
    }
  });
});

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
}
