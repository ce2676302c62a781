import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseDocument } from "yaml";
import { registry } from "../../render/registry.ts";
import { packagesOf, programsOn } from "../../render/registryOf.ts";
import { controlPlaneChanges } from "../box/controlPlane.ts";
import { parseBox } from "../../box/index.ts";
import {
  protoboxFiles,
  protoboxKnownHosts,
  protoboxText,
  wholeProtoboxText,
  wholeProtoboxValues,
} from "../box/protobox.ts";
import { registrationsOf, type Registration } from "./registrations.ts";
import { tree } from "./tree.ts";

const golden = path.join(import.meta.dirname, "golden/protobox.txt");

/** The program is a module: a query makes it run once more. */
let runs = 0;
const program = (): Promise<unknown> => {
  runs += 1;
  return import(new URL(`../../index.ts?run=${runs}`, import.meta.url).href);
};

describe("the program of the Protobox", () => {
  let scratch: string;
  let all: readonly Registration[];
  const knownHostsBefore = process.env["GATEBOX_KNOWN_HOSTS"];

  before(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), "gatebox-program-"));
    const knownHosts = path.join(scratch, "known_hosts");
    writeFileSync(knownHosts, protoboxKnownHosts());
    process.env["GATEBOX_KNOWN_HOSTS"] = knownHosts;
    all = await registrationsOf(wholeProtoboxText, program);
  });
  after(() => {
    if (knownHostsBefore === undefined) delete process.env["GATEBOX_KNOWN_HOSTS"];
    else process.env["GATEBOX_KNOWN_HOSTS"] = knownHostsBefore;
    rmSync(scratch, { recursive: true });
  });

  const named = (name: string, type = "Command"): Registration => {
    const found = all.filter((each) => each.name === name && each.type === type);
    assert.equal(found.length, 1, `${found.length} resources are ${type} ${name}`);
    return found[0]!;
  };
  const waitsFor = (later: string, sooner: string, laterType?: string, soonerType?: string): void => {
    const { urn } = named(sooner, soonerType);
    assert.ok(named(later, laterType).dependencies.includes(urn), `${later} does not wait for ${sooner}`);
  };
  const commands = (): readonly Registration[] => all.filter(({ type }) => type === "Command");
  // In the order in which they are changed: who should hold the pool's virtual IP comes last.
  const pools = [
    { name: "gateways", assembly: "gateway", hosts: ["gateway-1", "gateway-2", "gateway-3"] },
    { name: "webservers", assembly: "webserver", hosts: ["webserver-1", "webserver-2"] },
  ] as const;

  it("makes exactly these resources, under these parents, in this order", () => {
    const text = tree(all);
    if (process.env["UPDATE_GOLDEN"]) writeFileSync(golden, text);
    assert.equal(text, readFileSync(golden, "utf8"), "UPDATE_GOLDEN=1 writes the file anew, for a person to read");
    assert.equal(text.split("\n").length - 1, all.length, "a resource hangs on no parent");
  });

  for (const { name, assembly, hosts } of pools) {
    it(`${name}: every member has its packages before any is configured`, () => {
      for (const configured of hosts) {
        for (const host of hosts) waitsFor(`${name}-${configured}-${assembly}-protobox.pool`, `hosts-${host}-packages`);
      }
      // Wide: none waits for another.
      for (const host of hosts) {
        const { dependencies } = named(`hosts-${host}-packages`);
        const own = hosts.map((other) => `::hosts-${other}-packages`);
        assert.ok(!dependencies.some((urn) => own.some((end) => urn.endsWith(end))), `${name}-${host}`);
      }
    });

    it(`${name}: members are configured one after the other, and get a route when the first one has it`, () => {
      for (const [index, host] of hosts.slice(1).entries())
        waitsFor(`${name}-${host}-${assembly}-protobox.pool`, `${name}-${hosts[index]}-${assembly}-protobox.pool`);
      for (const service of ["argocd", "pgadmin4"])
        for (const host of hosts.slice(1)) {
          const route = (of: string): string => `${service}-${name}-${of}-${assembly}-gatebox.protobox.${service}`;
          waitsFor(route(host), route(hosts[0]));
        }
    });
  }

  it("a host has its network before anything else is done on it, and all its packages before its network", () => {
    const members = {
      "webservers-pool": ["webserver-1", "webserver-2"],
      "kube-gateway-pool": ["gateway-1", "gateway-2", "gateway-3"],
      "nat-gateway-pool": ["gateway-5", "gateway-4"],
      "supervisors-pool": ["supervisor-1"],
    };
    const units = commands().filter(({ name }) => /-network-protobox\.pool$/.test(name));
    assert.equal(units.length, Object.values(members).flat().length);
    for (const [pool, hosts] of Object.entries(members)) {
      for (const [index, host] of hosts.entries()) {
        const network = `${pool}-network-${host}-network-protobox.pool`;
        for (const other of hosts) waitsFor(network, `hosts-${other}-packages`);
        if (index > 0) waitsFor(network, `${pool}-network-${hosts[index - 1]}-network-protobox.pool`);
      }
    }
  });

  it("a host installs its packages at once, and has those of an assembly before it gets that", () => {
    const lists = commands().filter(({ name }) => name.startsWith("hosts-") && name.endsWith("-packages"));
    assert.equal(lists.length, 13, "a list a host");
    const linesOf = ({ plain }: Registration): string[] => String(plain["stdin"]).split("\n");
    const box = parseBox({ name: "protobox", values: wholeProtoboxValues(), readFile: (path) => protoboxFiles[path], knownHosts: protoboxKnownHosts() }); // prettier-ignore
    let compared = 0;
    for (const unit of commands().filter(({ name }) => name.endsWith("-protobox.pool"))) {
      const host = Object.values(box.hosts).find(({ name }) => unit.name.includes(`-${name}-`))!;
      const assembly = registry.assemblies.find(({ name }) => unit.name.endsWith(`-${host.name}-${name}-protobox.pool`))!; // prettier-ignore
      const before = lists.filter(({ name, urn }) => name.includes(`-${host.name}-`) && unit.dependencies.includes(urn)).flatMap(linesOf); // prettier-ignore
      const { packages, maskedUntilConfigured } = packagesOf(programsOn(assembly, box, host));
      for (const line of [
        ...packages.map((name) => `package ${name}`),
        ...maskedUntilConfigured.map((name) => `mask ${name}`),
      ]) {
        // prettier-ignore
        assert.ok(before.includes(line), `${unit.name}: ${line}`);
        compared += 1;
      }
    }
    assert.ok(compared > 300, String(compared));
  });

  it("a host in no pool whose network is written keeps its own", async () => {
    const document = parseDocument(protoboxText);
    document.setIn(["config", "gatebox:hostNetworks", "pools"], document.createNode(["nat-gateway-pool"]));
    const fewer = await registrationsOf(document.toString(), program);
    assert.deepEqual(
      fewer
        .filter(({ name, type }) => type === "Command" && /-network-protobox\.pool$/.test(name))
        .map(({ name }) => name)
        .sort(),
      ["gateway-4", "gateway-5"].map((host) => `nat-gateway-pool-network-${host}-network-protobox.pool`),
    );
    assert.ok(!fewer.some(({ name }) => name === "hosts-supervisor-1-runtime"));
  });

  it("who should hold a virtual IP has its network changed last, whatever the pool is that says so", async () => {
    const document = parseDocument(protoboxText);
    const holdersFirst = ["gateway-4", "webserver-2", "gateway-5", "webserver-1", "supervisor-1", "gateway-1"];
    document.setIn(["config", "gatebox:pools", "all-hosts"], document.createNode(holdersFirst));
    document.setIn(["config", "gatebox:hostNetworks", "pools"], document.createNode(["all-hosts"]));
    const registered = await registrationsOf(document.toString(), program);
    const order = registered
      .filter(({ name, type }) => type === "Command" && /-network-protobox\.pool$/.test(name))
      .map(({ name }) => name.replace(/^all-hosts-network-|-network-protobox\.pool$/g, ""));
    const isBehind = (holder: string, backup: string): void =>
      assert.ok(order.indexOf(holder) > order.indexOf(backup), order.join(", "));
    assert.equal(order.length, holdersFirst.length);
    isBehind("gateway-4", "gateway-5");
    isBehind("webserver-2", "webserver-1");
    isBehind("webserver-1", "supervisor-1");
  });

  it("a service opens from the inside outward: NodePort, gateways, web servers, each after both pools", () => {
    for (const service of ["argocd", "dash", "keycloak", "v-admin", "pgadmin4"]) {
      waitsFor(
        `${service}-gateways-gateway-1-gateway-gatebox.protobox.${service}`,
        `${service}-service`,
        "Command",
        "Service",
      );
      for (const gateway of pools[0].hosts) {
        waitsFor(
          `${service}-webservers-webserver-1-webserver-gatebox.protobox.${service}`,
          `${service}-gateways-${gateway}-gateway-gatebox.protobox.${service}`,
        );
      }
      for (const { name, assembly, hosts } of pools) {
        for (const host of hosts)
          waitsFor(`${service}-service`, `${name}-${host}-${assembly}-protobox.pool`, "Service");
      }
    }
  });

  it("an address moves to a host when all that is served there is", () => {
    const vips = commands().filter(({ name }) => /-vip-protobox\.pool$/.test(name));
    assert.equal(vips.length, 10);
    // Services are made through the API, so its address is there before them.
    for (const { name } of vips.filter(({ name }) => !name.includes("-master-")))
      for (const service of ["argocd", "dash", "keycloak", "v-admin", "pgadmin4"])
        for (const { name: pool, assembly, hosts } of pools)
          for (const host of hosts)
            waitsFor(name, `${service}-${pool}-${host}-${assembly}-gatebox.protobox.${service}`);
    // The pods' images may come over such an address, so nothing before may wait for pods.
    const { metadata } = named("argocd-service", "Service").plain as { metadata: { annotations: unknown } };
    assert.deepEqual(metadata.annotations, { "pulumi.com/skipAwait": "true" });
  });

  it("the API has its address before services, and containerd comes after the addresses that it pulls through", async () => {
    const order = async (changes: Readonly<Record<string, unknown>>): Promise<readonly Registration[]> => {
      const document = parseDocument(protoboxText);
      const written = { ...controlPlaneChanges(), ...changes };
      for (const [key, value] of Object.entries(written)) {
        const [section = "", ...steps] = key.split(".");
        document.setIn(["config", `gatebox:${section}`, ...steps], document.createNode(value));
      }
      return registrationsOf(document.toString(), program);
    };
    const runtime = (pools: readonly string[]) => ({ containerRuntime: { pools, network: "box-network" } });
    const waits = (found: readonly Registration[], later: RegExp, sooner: RegExp): readonly boolean[] => {
      const before = found.filter(({ name }) => sooner.test(name));
      const after = found.filter(({ name, type }) => later.test(name) && ["Command", "Service"].includes(type));
      assert.ok(before.length > 0 && after.length > 0, `${String(later)}, ${String(sooner)}`);
      return after.flatMap(({ dependencies }) => before.map(({ urn }) => dependencies.includes(urn)));
    };
    const apiVips = /^masters-pool-vips-.*-vip-protobox\.pool$/;
    const edgeVips = /^(?:webservers-pool|kube-gateway-pool|nat-gateway-pool)-vips-.*-vip-protobox\.pool$/;
    const services = /^(?:argocd|pgadmin4)-service$/;
    const runtimes = /^container-runtime-.*-container-runtime-protobox\.pool$/;

    const apart = await order(runtime(["nodes-pool"]));
    assert.ok(waits(apart, services, apiVips).every((one) => one));
    assert.ok(waits(apart, apiVips, services).every((one) => !one));
    for (const vips of [apiVips, edgeVips])
      assert.ok(
        waits(apart, runtimes, vips).every((one) => one),
        String(vips),
      );
    // Masters that have their containerd from here: their API is not there before it.
    const whole = await order(runtime(["nodes-pool", "masters-pool"]));
    assert.ok(waits(whole, runtimes, apiVips).every((one) => one));
    for (const later of [edgeVips, services])
      assert.ok(
        waits(whole, runtimes, later).every((one) => !one),
        String(later),
      );
    // On the hosts of the gateways all addresses are one unit, which services come before.
    const kube = { ...controlPlaneChanges()["virtualIps.kube"], pool: "kube-gateway-pool", priorities: undefined };
    const together = await order({
      ...{ "virtualIps.kube": kube, "controlPlane.masters": "masters-pool" },
      ...runtime(["nodes-pool"]),
    });
    assert.ok(waits(together, edgeVips, services).every((one) => one));
  });

  it("a service has one port everywhere", () => {
    const { plain } = named("pgadmin4-service", "Service");
    const { ports } = plain["spec"] as { ports: { nodePort: number }[] };
    assert.deepEqual(ports.map(({ nodePort }) => nodePort), [30165]); // prettier-ignore
    const gateway = String(named("pgadmin4-gateways-gateway-2-gateway-gatebox.protobox.pgadmin4").plain["stdin"]);
    assert.match(gateway, /^file haproxy\/routes\/30165\.cfg 0644$/m);
    assert.match(gateway, /^\| {4}bind 192\.168\.2\.12:30165$/m);
    const web = String(named("pgadmin4-webservers-webserver-1-webserver-gatebox.protobox.pgadmin4").plain["stdin"]);
    assert.match(web, /^\| *server 192\.168\.2\.13:30165\b/m);
  });

  it("each command bears the name of the host that it runs on", () => {
    const hosts = (parseDocument(protoboxText).toJS() as { config: Record<string, unknown> }).config["gatebox:hosts"];
    const known = Object.entries(hosts as Record<string, { addresses: Record<string, string> }>);
    assert.equal(commands().length, 251);
    for (const { name, secrets } of commands()) {
      // The SDK holds every connection for secret: it could carry a password.
      const { host: address } = JSON.parse(secrets[0] ?? "{}") as { host?: string };
      const host = known.find(([, { addresses }]) => Object.values(addresses).includes(address ?? ""))?.[0];
      assert.match(name, new RegExp(`(^|-)${host}-`), address);
    }
  });

  it("keeps the key of the certificate secret, and nothing but it", async () => {
    const key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    const document = parseDocument(protoboxText);
    const certificate = path.join(import.meta.dirname, "certificate.pem");
    document.setIn(["config", "gatebox:webservers", "tls"], document.createNode({ certificate }));
    document.setIn(["config", "gatebox:tlsPrivateKey"], key);
    all = await registrationsOf(document.toString(), program);

    const holders = all.filter(({ secrets }) => secrets.some((secret) => secret.includes("PRIVATE KEY")));
    const tls = pools[1].hosts.map((host) => `webservers-${host}-tls-webserver-protobox.tls`);
    assert.deepEqual(holders.map(({ name }) => name), tls); // prettier-ignore
    for (const { plain, secretOutputs } of holders) {
      assert.equal(plain["stdin"], "[secret]");
      assert.equal(plain["logging"], "none");
      for (const output of ["stdin", "stdout", "stderr"]) assert.ok(secretOutputs.includes(output), output);
    }
    assert.doesNotMatch(JSON.stringify(all.map(({ plain }) => plain)), /PRIVATE KEY/);
    // What is no secret stays readable in a preview.
    for (const { name, plain } of commands()) if (!tls.includes(name)) assert.equal(typeof plain["stdin"], "string");
    for (const { name, plain } of commands()) if (!tls.includes(name)) assert.notEqual(plain["stdin"], "[secret]");
    waitsFor(tls[1]!, tls[0]!);
  });
});
