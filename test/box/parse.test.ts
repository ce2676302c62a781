import assert from "node:assert/strict";
import fc from "fast-check";
import { BoxError, parseBox } from "../../box/index.ts";
import { edit } from "./edit.ts";
import { hostKeyFor, knownHostsFor } from "./hostKey.ts";
import { violationsOf, parseProtobox } from "./parsing.ts";
import { protoboxValues } from "./protobox.ts";

describe("parseBox", () => {
  it("reports every violation of a configuration in one message, in the order of its sections", () => {
    const changes = {
      "apps.argocd.port": "30160",
      "kubeGateways.routes.kibana.app": "kibanna",
      "hosts.node-1.addresses.box-network": "192.168.2.51",
      "webservers.routes.kibana.upstream.port": "{{ app.kibana.port }}",
      "services.dash.web": { location: "/dash", websocket: "yes" },
      "connection.users": "root",
    };
    assert.throws(
      () => parseProtobox(changes),
      (error) => {
        assert.ok(error instanceof BoxError);
        assert.equal(
          error.message,
          [
            'The configuration of box "protobox" has 7 violations:',
            '  connection.users: unknown key "users" (did you mean "user"?)',
            "  hosts.node-1.addresses.box-network: 192.168.2.51 lies outside of box-network 192.168.1.0/24: it lies in gateway-network 192.168.2.0/24",
            '  apps.argocd.port: "30160" is a text, expected a number: leave out the quotes',
            '  kubeGateways.routes.kibana.app: unknown app "kibanna" (did you mean "kibana"?)',
            '  webservers.routes.kibana.upstream.port: "{{ app.kibana.port }}" is a Jinja expression, which nothing evaluates here: write "app: kibana" instead',
            '  services.dash.web.location: "/dash" is not a location: it begins and ends with "/", with letters, digits, ".", "_", "-" between slashes',
            '  services.dash.web.websocket: "yes" is a text, expected true or false',
          ].join("\n"),
        );
        return true;
      },
    );
  });

  it("counts a single violation as one", () => {
    assert.throws(
      () => parseProtobox({ "services.argocd.app": "arogcd" }),
      /^BoxError: The configuration of box "protobox" has 1 violation:\n {2}services\.argocd\.app: unknown app "arogcd" \(did you mean "argocd"\?\)$/,
    );
  });

  it("asks an empty configuration for what every box has, and for nothing that follows from it", () => {
    const values = {};
    assert.deepEqual(
      violationsOf(() => parseBox({ name: "empty", values, readFile: () => undefined })),
      ["networks", "hosts", "pools"].map((section) => `${section}: is missing: write a mapping`),
    );
  });

  it("leaves the values that it was given as they are", () => {
    const values = edit(protoboxValues(), { "hosts.node-1.addresses.box-network": 5 });
    const before = structuredClone(values);
    violationsOf(() => parseBox({ name: "box", values, readFile: () => undefined, knownHosts: "" }));
    assert.deepEqual(values, before);
  });

  it("answers anything at any place with a box or with a BoxError", function () {
    // 300 whole boxes are parsed: 9 s on a quiet machine with two cores.
    this.timeout(120_000);
    const places = pathsOf(protoboxValues());
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (path, value) => {
        violationsOf(() => parseProtobox({ [path]: value }));
      }),
      { numRuns: 300 },
    );
  });

  it("reads the known_hosts file that the configuration names, unless a text is given", () => {
    const names = [
      ...[1, 2].map((n) => `webserver-${n}`),
      ...[1, 2, 3, 4, 5].map((n) => `gateway-${n}`),
      "supervisor-1",
    ];
    const files = { known_hosts: knownHostsFor(names) };
    assert.equal(
      parseProtobox({}, { files, knownHosts: null }).hosts["gateway-1"]?.connection?.hostKey,
      hostKeyFor("gateway-1"),
    );
    assert.equal(violationsOf(() => parseProtobox({}, { files, knownHosts: "" })).length, names.length);
  });

  it("takes a host's own key before the file's, without its comment", () => {
    const key = hostKeyFor("its own");
    const box = parseProtobox({ "hosts.gateway-1.hostKey": `${key} root@gateway-1` });
    assert.equal(box.hosts["gateway-1"]?.connection?.hostKey, key);
  });

  it("reaches a bastion directly although the box has a default one", () => {
    const box = parseProtobox({ "connection.bastion": "supervisor-1", "hosts.webserver-1.connection.bastion": false });
    assert.equal(box.hosts["supervisor-1"]?.connection?.bastion, undefined);
    assert.equal(box.hosts["webserver-1"]?.connection?.bastion, undefined);
    assert.equal(box.hosts["webserver-2"]?.connection?.bastion?.address, "192.168.1.7");
  });

  it("reads a certificate from its file", () => {
    const { webservers } = parseProtobox(
      { "webservers.tls": { certificate: "tls/box.pem" } },
      { files: { "tls/box.pem": certificate } },
    );
    assert.equal(webservers?.certificate, certificate);
  });
});

/** The path of every value of a configuration. */
function pathsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...pathsOf(inner).map((path) => `${key}.${path}`)]);
}

/** A self-signed certificate for protobox.test; its key was thrown away. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBhjCCAS2gAwIBAgIUAco/Vv+vhWcIldZUaQR4qZ0XoXkwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcHJvdG9ib3gudGVzdDAgFw0yNjExMjAyMjQ1MzVaGA8yMTI2
MTAyNzIyNDUzNVowGDEWMBQGA1UEAwwNcHJvdG9ib3gudGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABHPrwVkkFQg05QAIBo9qFjCdE2D2jKyuwG+VmOQBj81k
AXzBJBOp/J7UVOCVybOINz8OdJ//PvGvH3Eln3FfCnOjUzBRMB0GA1UdDgQWBBR6
CMTrgu5ANCCCc/WDKcRs58JIyTAfBgNVHSMEGDAWgBR6CMTrgu5ANCCCc/WDKcRs
58JIyTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIAmSYQAj4RhJ
AnXi2fYC0KoCybDkTIvd+xo5niBe8QxVAiBoQnUiqcipCYkno0GBV14MIjztqhDT
lk9kIHcnqjDO0A==
-----END CERTIFICATE-----
`;
