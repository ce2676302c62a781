import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { inspectStackFile } from "../../../cli/stackFile/inspect.ts";
import { protoboxFiles, protoboxText, wholeProtoboxText } from "../../box/protobox.ts";
import { linesOf, replaced } from "./checking.ts";

/** Where a part of a text stands. */
function placeIn(text: string, part: string): string {
  const before = text.slice(0, text.indexOf(part)).split("\n");
  return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
}

describe("gatebox check of the Protobox", () => {
  it("finds no mistake, without any host key", () => {
    assert.deepEqual(linesOf(protoboxText), []);
    const [warning = "", ...more] = linesOf(wholeProtoboxText, protoboxFiles);
    assert.match(warning, /^\d+:3: warning: sharedVolumes: GlusterFS is maintained slowly/);
    assert.deepEqual(more, []);
  });

  it("gives the box, whose hosts then have no keys", () => {
    const { box } = inspectStackFile({ file: "f", text: protoboxText, stack: "protobox", readFile: () => undefined });
    assert.equal(box?.hosts["gateway-1"]?.connection?.address, "192.168.1.11");
    assert.equal(box.hosts["gateway-1"].connection.hostKey, undefined);
  });

  it("finds five mistakes in five sections, each in its place", () => {
    const changes: readonly (readonly [part: string, by: string, place: string, says: string])[] = [
      [
        "box-network: 192.168.1.12 ",
        "box-network: 192.168.3.12 ",
        "192.168.3.12",
        "hosts.gateway-2.addresses.box-network: 192.168.3.12 lies outside of box-network",
      ],
      [
        "nodes-pool: [node-1, node-2]",
        "nodes-pool: [node-1, node-3]",
        "node-3",
        'pools.nodes-pool[1]: unknown host "node-3"',
      ],
      [
        "kibana: { port: 30163,",
        "kibana: { port: 30160,",
        "30160, namespace: logging",
        'apps.kibana.port: 30160 is the port of app "argocd" already',
      ],
      [
        "argocd: { app: argocd, options: [httplog], web: { websocket: true } }",
        "argocd: { app: argocd, option: [httplog] }",
        "option: [httplog] }",
        'services.argocd.option: unknown key "option" (did you mean "options"?)',
      ],
      [
        "address: 192.168.2.253",
        "address: 192.168.2.11",
        "192.168.2.11\n      virtualRouterId: 6",
        "virtualIps.natOut.address: 192.168.2.11 ",
      ],
    ];
    const text = changes.reduce((before, [part, by]) => replaced(before, part, by), protoboxText);
    const lines = linesOf(text);
    assert.equal(lines.length, changes.length, lines.join("\n"));
    for (const [index, [, , place, says]] of changes.entries()) {
      const expected = `${placeIn(text, place)}: ${says}`;
      assert.ok(lines[index]?.startsWith(expected), `${lines[index]} is not ${expected}`);
    }
  });

  it("finds ports that two programs of a host would have", () => {
    const text = replaced(protoboxText, "metricsPort: 8405", "metricsPort: 9100");
    const [line = "", other = "", ...more] = linesOf(text);
    assert.ok(line.startsWith(`${placeIn(text, "9100")}: kubeGateways.metricsPort: port 9100 of gateway-1 `), line);
    // Where nothing says the port, it is missing in its section.
    const section = placeIn(text, "gatebox:monitoring");
    assert.ok(other.startsWith(`${section}: monitoring.nodeExporter.port: port 9100 of gateway-1 `), other);
    assert.deepEqual(more, []);
  });

  it("shows warnings as such, and gives the box", () => {
    const text = replaced(protoboxText, "    from: [192.168.0.2, 192.168.1.0/24]\n", "");
    const { box, mistakes } = inspectStackFile({ file: "f", text, stack: "protobox", readFile: () => undefined });
    assert.deepEqual(mistakes.map(({ severity, path }) => [severity, path]), [["warning", "connection.from"]]); // prettier-ignore
    assert.match(linesOf(text)[0] ?? "", /^\d+:3: warning: connection\.from: is missing, and SSH of /);
    assert.ok(box);
  });

  it("reads a known_hosts file that is there, and reports a line of it that holds no key", () => {
    const lines = linesOf(protoboxText, { known_hosts: "gateway-1 ssh-ed25519 AAAA\n" });
    assert.match(
      lines.join("\n"),
      /^\d+:17: connection\.knownHosts: line 1, the key of gateway-1, is not a public host key: [^\n]+$/,
    );
  });

  it("wants a certificate and its key together, whatever else is wrong", () => {
    const wrong = replaced(protoboxText, "port: 30163", "port: 30160");
    const key = replaced(wrong, "config:\n", "config:\n  gatebox:tlsPrivateKey: { secure: AAAA }\n");
    assert.match(
      linesOf(key).join("\n"),
      /^\d+:3: webservers\.tls\.certificate: is missing, and gatebox:tlsPrivateKey is set/m,
    );
    const issued = replaced(
      key,
      "    serveAddresses: true\n",
      "    serveAddresses: true\n    tls: { issuedByBox: true }\n",
    );
    assert.match(
      linesOf(issued).join("\n"),
      /^\d+:25: webservers\.tls\.issuedByBox: is true, and gatebox:tlsPrivateKey is set, though the box makes the key/m,
    );
    const certificate = readFileSync(new URL("../../components/certificate.pem", import.meta.url), "utf8");
    const tls = "    serveAddresses: true\n    tls: { certificate: edge.pem }\n";
    const alone = replaced(protoboxText, "    serveAddresses: true\n", tls);
    assert.match(
      linesOf(alone, { "edge.pem": certificate }).join("\n"),
      /^\d+:25: webservers\.tls\.certificate: has no key: "pulumi config set --secret gatebox:tlsPrivateKey < key\.pem"$/,
    );
  });
});
