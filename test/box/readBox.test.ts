import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { exposeService, parseBox, readBox, writtenBox, type Box } from "../../box/index.ts";
import { exported } from "./exported.ts";
import { hostKeyFor } from "./hostKey.ts";
import { parseProtobox } from "./parsing.ts";
import { protoboxKnownHosts, protoboxValues } from "./protobox.ts";
import { randomBox } from "./randomBox.ts";

const wiki = { app: { port: 30170, namespace: "wiki", targetPort: 8080 } };

describe("a box that another stack reads", () => {
  const written = () => JSON.parse(JSON.stringify(writtenBox(parseProtobox()))) as Record<string, unknown>;
  const subject = "What was given as a box has 1 violation:";
  const hint = 'write `readBox((await new pulumi.StackReference(STACK).getOutputDetails("box")).value)`';
  const fault = (output: unknown): string => {
    try {
      readBox(output);
      return "";
    } catch (error) {
      assert.equal((error as Error).name, "BoxError");
      return (error as Error).message;
    }
  };

  it("is the same box", () => {
    assert.deepEqual(exported(parseProtobox()), parseProtobox());
    fc.assert(
      fc.property(randomBox, ({ values, knownHosts }) => {
        const box = parseBox({ name: "random", values, readFile: () => undefined, knownHosts });
        assert.deepEqual(exported(box), box);
        assert.deepEqual(writtenBox(exported(box)), writtenBox(box));
      }),
      { numRuns: 30 },
    );
  });

  it("has host keys and the certificate in it, and needs no file", () => {
    const certificate = readFileSync(new URL("../components/certificate.pem", import.meta.url), "utf8");
    const changes = { "connection.knownHosts": "known_hosts", "webservers.tls": { certificate: "tls/box.pem" } };
    const files = { known_hosts: protoboxKnownHosts(), "tls/box.pem": certificate };
    const box = parseProtobox(changes, { files, knownHosts: null });
    const { configuration } = writtenBox(box) as { configuration: Record<string, Record<string, unknown>> };
    assert.deepEqual(configuration["hosts"]?.["gateway-1"], {
      ...(protoboxValues()["hosts"] as Record<string, object>)["gateway-1"],
      hostKey: hostKeyFor("gateway-1"),
    });
    assert.equal(configuration["connection"]?.["knownHosts"], undefined);
    assert.deepEqual(configuration["webservers"]?.["tls"], { certificate });
    assert.deepEqual(exported(box), box);
  });

  it("does not depend on the order of keys, which the engine changes", () => {
    const sorted = (value: unknown): unknown =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .sort(([left], [right]) => (left < right ? -1 : 1))
              .map(([key, item]) => [key, sorted(item)]),
          );
    const box = readBox(sorted(written()));
    const expose = (on: Box) => exposeService(on, "wiki", wiki);
    assert.deepEqual(expose(box), expose(parseProtobox()));
    assert.deepEqual(box.pools, parseProtobox().pools);
  });

  it("is missing when the stack exports none", () => {
    assert.equal(
      fault(undefined),
      `${subject}
  box: is missing: the stack exports no \`box\`, or keeps it secret, or has not been deployed; ${hint}`,
    );
  });

  it("is plain data", () => {
    for (const other of [null, "box", [], new Map(), () => undefined])
      assert.match(fault(other), /box: is not plain data;/);
  });

  it("of an earlier version is refused with what to do", () => {
    const { name, hosts, kubeGateways } = parseProtobox();
    assert.equal(
      fault({ name, hosts, kubeGateways }),
      `${subject}
  box: is what an earlier version of Gatebox exported: run "pulumi up" of the box's stack with this version, then this one again`,
    );
  });

  it("is an output of Gatebox", () => {
    assert.equal(
      fault({ url: "https://wiki.test" }),
      `${subject}
  box: has no name, gatebox and configuration: write the output \`box\` of a stack of Gatebox, as it is`,
    );
  });

  it("that breaks a rule of this version says which versions there are", () => {
    const { configuration, ...rest } = written();
    const broken = { ...(configuration as object), networks: { more: "192.168.0.1/16" } };
    const later = fault({ ...rest, gatebox: "0.9.0", configuration: broken });
    assert.match(
      later,
      /^Box "protobox" has \d+ violations:\n {2}networks\.more: 192\.168\.0\.1\/16 is an address inside/,
    );
    assert.match(
      later,
      /gatebox: Gatebox 0\.9\.0 has written it, and this is 0\.2\.0: run "pulumi up" of the box's stack/,
    );
    assert.doesNotMatch(fault({ ...rest, configuration: broken }), /has written it/);
  });

  it("is read first: the output itself is no box", () => {
    assert.throws(
      () => exposeService(written() as unknown as Box, "wiki", wiki),
      new RegExp("box: is not a box that this program has read: write `readBox"),
    );
  });

  it("says the version of this package", () => {
    const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    assert.equal(writtenBox(parseProtobox()).gatebox, (JSON.parse(manifest) as { version: string }).version);
  });
});
