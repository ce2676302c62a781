import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { parseBox, type Box } from "../../box/index.ts";
import { payload } from "../../host/payload.ts";
import { boxUnits, certificateText, secretText } from "../../render/boxUnits.ts";
import { nodePortService } from "../../render/kubernetes/nodePortService.ts";
import { edit, type Changes } from "../box/edit.ts";
import { protoboxKnownHosts, protoboxValues } from "../box/protobox.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
const passwords = { "registry.site": "hunter2", "git.site": "hunter3" };
const certificate = path.join(import.meta.dirname, "certificate.pem");

/** The program is a module: a query makes it run once more. */
let runs = 0;
const program = (): Promise<unknown> => {
  runs += 1;
  return import(new URL(`../../index.ts?units=${runs}`, import.meta.url).href);
};

const certificates = /^\|-----BEGIN CERTIFICATE-----\n(?:\|.*\n)+?\|-----END CERTIFICATE-----\n/gm;
/** The one that is text of the box, as it is sent. */
const given = (): string => readFileSync(certificate, "utf8").replace(/^/gm, "|");

/** What is sent to a host, secrets of it replaced as `boxUnits` does. */
function sent({ plain, secrets }: Registration): string {
  const stdin =
    plain["stdin"] === "[secret]" ? secrets.find((secret) => secret.startsWith("gatebox-unit ")) : plain["stdin"];
  // A unit of passwords shows none of its texts.
  if (/^unit .*\.(?:registries|users|tools-users)$/m.test(String(stdin)))
    return String(stdin).replace(/(?<=^file .*\n)(?:\|.*\n)+/gm, `|${secretText}`);
  return String(stdin)
    .replace(/^\|-----BEGIN PRIVATE KEY-----\n(?:\|.*\n)+?\|-----END PRIVATE KEY-----\n/gm, `|${secretText}`)
    .replace(certificates, (text) => (given().includes(text) ? text : `|${certificateText}`));
}

/** The host that a command runs on, by the address of its connection. */
function hostOf(box: Box, { secrets }: Registration): string {
  const { host: address } = JSON.parse(secrets.find((secret) => secret.startsWith("{")) ?? "{}") as { host?: string };
  return Object.values(box.hosts).find(({ connection }) => connection?.address === address)?.name ?? "";
}

const boxes: Readonly<Record<string, Changes>> = {
  "the Protobox": {},
  "the Protobox with a certificate": { "webservers.tls": { certificate } },
  "a box of NAT gateways alone": {
    services: undefined,
    kubeGateways: undefined,
    webservers: undefined,
    monitoring: undefined,
    connection: { network: "box-network", from: ["192.168.1.0/24"] },
    hostNetworks: { pools: ["nat-gateway-pool"] },
    "virtualIps.edge": undefined,
    "virtualIps.egress": undefined,
    "virtualIps.egressOut": undefined,
    "virtualIps.gateways": undefined,
    natGateways: [
      { name: "nat", pool: "nat-gateway-pool", input: "box-network", output: "gateway-network", snatAddress: "natOut" },
    ],
  },
  "the Protobox with containers": {
    containerRuntime: {
      pools: ["kube-gateway-pool", "nodes-pool"],
      network: "box-network",
      registries: {
        "registry.site": { username: "puller" },
        "git.site": { username: "p", authentication: "token" },
        "quay.io": {},
      },
    },
  },
  "the Protobox with a registry": {
    "webservers.serverNames": ["protobox.test", "registry.protobox"],
    registry: { name: "registry.protobox", pool: "nat-gateway-pool", storage: { shared: true } },
  },
  "the Protobox with tools": {
    tools: { prometheus: {}, alertmanager: {}, grafana: {}, consul: {}, gitlab: { upstream: { port: 8080 } } },
  },
  "the Protobox with GitLab's registry": {
    "webservers.serverNames": ["protobox.test", "registry.protobox"],
    registry: { name: "registry.protobox", pool: "nat-gateway-pool", kind: "gitlab" },
  },
  "the Protobox with an authority of its own": {
    "webservers.serverNames": ["protobox.test", "registry.protobox"],
    "webservers.tls": { issuedByBox: true },
    containerRuntime: {
      pools: ["kube-gateway-pool", "nodes-pool"],
      network: "box-network",
      registries: {
        "registry.protobox": {},
        "quay.io": { mirrors: [{ url: "https://mirror.box" }, { url: "https://registry.protobox" }] },
      },
    },
  },
  "a service for the gateways' network alone": { "services.argocd.web": false },
  "a box with less": {
    services: undefined,
    monitoring: undefined,
    hostNetworks: { pools: ["nat-gateway-pool"] },
    "pools.more-pool": ["webserver-1", "gateway-1"],
  },
};

describe("the units of a box", () => {
  let scratch: string;
  const knownHostsBefore = process.env["GATEBOX_KNOWN_HOSTS"];

  before(() => {
    scratch = mkdtempSync(path.join(tmpdir(), "gatebox-units-"));
    writeFileSync(path.join(scratch, "known_hosts"), protoboxKnownHosts());
    process.env["GATEBOX_KNOWN_HOSTS"] = path.join(scratch, "known_hosts");
  });
  after(() => {
    if (knownHostsBefore === undefined) delete process.env["GATEBOX_KNOWN_HOSTS"];
    else process.env["GATEBOX_KNOWN_HOSTS"] = knownHostsBefore;
    rmSync(scratch, { recursive: true });
  });

  for (const [title, changes] of Object.entries(boxes)) {
    it(`are those that the program registers: ${title}`, async () => {
      const values = edit(protoboxValues(), changes);
      const config = Object.fromEntries(Object.entries(values).map(([name, value]) => [`gatebox:${name}`, value]));
      if (title.includes("containers")) config["gatebox:registryPasswords"] = passwords;
      if (title.endsWith("with a certificate")) config["gatebox:tlsPrivateKey"] = key;
      const states = {
        "registry-password": { result: "hunter4" },
        "tools-password": { result: "hunter6-hunter6" },
        "webservers-authority": { result: "hunter5" },
      };
      const registered = await registrationsOf(stringify({ config }), program, states);
      const box = parseBox({
        name: "protobox",
        values,
        readFile: (file) => (file === certificate ? readFileSync(file, "utf8") : undefined),
        hostKeys: "optional",
      });

      const units = boxUnits(box, "gatebox");
      const expected = registered.filter((each) => each.type === "Command" && /^gatebox-unit /.test(sent(each)));
      assert.ok(expected.length > 0);
      const named = (host: string, text: string) =>
        [`${host}: ${text.split("\n").slice(1, 3).join(", ")}`, text] as const;
      const found = new Map(units.map((unit) => named(unit.host, payload(unit))));
      const registeredUnits = new Map(expected.map((each) => named(hostOf(box, each), sent(each))));
      assert.deepEqual([...found.keys()].sort(), [...registeredUnits.keys()].sort());
      for (const [name, text] of found) assert.equal(text, registeredUnits.get(name), name);
      assert.equal(units.length, expected.length);
      assert.doesNotMatch(JSON.stringify(units), /PRIVATE KEY|hunter/);

      const services = registered.filter(({ type }) => type === "Service");
      assert.deepEqual(
        new Map(box.services.map((service) => [`${service.name}-service`, nodePortService(service.name, service.app)])),
        new Map(services.map(({ name, plain }) => [name, { metadata: plain["metadata"], spec: plain["spec"] }])),
      );
    });
  }
});
