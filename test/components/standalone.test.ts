import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { boxOfPart, writtenBox, type Box } from "../../box/index.ts";
import { BoxHosts, boxFromStack, ControlPlaneLoadBalancer, defineBox, ExposedService, GatewayPool, GatewayRoute, HostFirewall, HostNetwork, NatGateway, readBox, VirtualIps, WebserverPool}  from "../../components/index.ts"; // prettier-ignore
import { clusterCa } from "../box/controlPlane.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { parseProtobox } from "../box/parsing.ts";
import { protoboxText } from "../box/protobox.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

/** Two hosts, and the networks that they stand between. */
const site = {
  networks: { "box-network": "192.168.1.0/24", "site-network": "10.20.0.0/24" },
  connection: { network: "box-network" },
  hosts: {
    "nat-1": { addresses: { "box-network": "192.168.1.2", "site-network": "10.20.0.2" }, hostKey: hostKeyFor("nat-1") },
    "nat-2": { addresses: { "box-network": "192.168.1.3", "site-network": "10.20.0.3" }, hostKey: hostKeyFor("nat-2") },
  },
};
const egress = {
  ...{ network: "site-network", address: "10.20.0.10", virtualRouterId: 7 },
  priorities: { "nat-1": 110, "nat-2": 100 },
};

const without = (program: () => unknown): Promise<readonly Registration[]> => registrationsOf("config: {}", program);
const commandsOf = (found: readonly Registration[]): string[] => found.filter(({ type }) => type === "Command").map(({ name }) => name).sort(); // prettier-ignore

/** What a program ends with. */
async function refusal(program: () => unknown): Promise<string> {
  let message = "";
  await without(async () => {
    try {
      await program();
    } catch (error) {
      assert.ok(pulumi.RunError.isInstance(error) || pulumi.ResourceError.isInstance(error), String(error));
      message = error.message;
    }
  });
  return message;
}

describe("a component that stands alone", () => {
  it("makes what its hosts lack: the runtime and the firewall, once, before anything of its own", async () => {
    const found = await without(() => {
      const nat = new NatGateway("egress", { ...site, virtualIps: { out: { ...egress, pool: "egress" } }, input: "box-network", output: "site-network", snatAddress: "out" }); // prettier-ignore
      new VirtualIps("vips", { box: nat.box, pool: "egress" }, { dependsOn: nat });
    });
    const steps = (host: string) => [
      `egress-${host}-packages`,
      `egress-${host}-runtime`,
      `egress-${host}-nat-egress.pool`,
      `egress-firewall-${host}-packages`,
      `egress-firewall-${host}-firewall-egress.pool`,
      `vips-${host}-packages`,
      `vips-${host}-vip-egress.pool`,
    ];
    assert.deepEqual(commandsOf(found), [...steps("nat-1"), ...steps("nat-2")].sort());
    const command = (name: string) => found.find((each) => each.type === "Command" && each.name === name)!;
    for (const host of ["nat-1", "nat-2"]) {
      const { dependencies } = command(`egress-${host}-nat-egress.pool`);
      for (const before of [`egress-${host}-runtime`, `egress-firewall-${host}-firewall-egress.pool`])
        assert.ok(dependencies.includes(command(before).urn), before);
    }
  });

  it("installs no packages that a component before it installs, and those that none does", async () => {
    const vips = (box: Box) => new VirtualIps("vips", { box, pool: "pair" });
    const box = (): Box => defineBox({ ...site, pools: { pair: Object.keys(site.hosts) }, virtualIps: { out: { ...egress, pool: "pair" } } }, { name: "site" }); // prettier-ignore
    const packages = (found: readonly Registration[]): string[] => commandsOf(found).filter((name) => name.endsWith("-packages")); // prettier-ignore
    const after = await without(() => {
      const all = box();
      new BoxHosts("hosts", { box: all });
      vips(all);
    });
    assert.deepEqual(packages(after), ["hosts-nat-1-packages", "hosts-nat-2-packages"]);
    const before = await without(() => {
      const all = box();
      vips(all);
      new BoxHosts("hosts", { box: all });
    });
    assert.deepEqual(packages(before), ["vips-firewall-nat-1-packages", "vips-firewall-nat-2-packages", "vips-nat-1-packages", "vips-nat-2-packages", "hosts-nat-1-packages", "hosts-nat-2-packages"].sort()); // prettier-ignore
  });

  const alone: Readonly<Record<string, () => unknown>> = {
    VirtualIps: () => new VirtualIps("mine", { ...site, addresses: { out: egress } }),
    NatGateway: () =>
      new NatGateway("mine", { ...site, input: "box-network", output: "site-network", snatAddress: "10.20.0.2", hosts: { "nat-1": site.hosts["nat-1"] } }), // prettier-ignore
    ControlPlaneLoadBalancer: () =>
      new ControlPlaneLoadBalancer("mine", { ...site, hosts: { "nat-1": site.hosts["nat-1"] }, virtualIps: { kube: { pool: "mine", network: "box-network", address: "192.168.1.10", virtualRouterId: 3 } }, virtualIp: "kube", ca: clusterCa }), // prettier-ignore
    GatewayPool: () => new GatewayPool("mine", { ...site, network: "site-network", backendNetwork: "box-network" }),
    WebserverPool: () =>
      new WebserverPool("mine", { ...site, network: "site-network", upstreamNetwork: "box-network", routes: {} }),
    HostNetwork: () =>
      new HostNetwork("mine", { ...site, hosts: Object.fromEntries(Object.entries(site.hosts).map(([name, host], index) => [name, { ...host, macAddresses: { "box-network": `52:54:00:00:00:1${index}`, "site-network": `52:54:00:00:00:2${index}` } }])) }), // prettier-ignore
  };
  for (const [name, make] of Object.entries(alone)) {
    it(`${name} says in its inputs what it is, and every host has its runtime`, async () => {
      const found = await without(make);
      const component = found.find(({ type }) => type === name)!;
      assert.match(JSON.stringify(component.plain), /"nat-1"/);
      assert.ok(commandsOf(found).includes("mine-nat-1-runtime"));
      assert.ok(commandsOf(found).some((one) => /^mine-nat-1-[a-z-]+-mine\.pool$/.test(one)));
    });
  }

  it("tells violations by the keys that were written", async () => {
    const message = await refusal(() => new GatewayPool("mine", { ...site, network: "site-netwrk", backendNetwork: "box-network", routes: { wiki: { port: 80 } } } as never)); // prettier-ignore
    assert.match(message, /^"mine" has \d violations:$/m);
    assert.match(message, /^ {2}network: unknown network "site-netwrk" \(did you mean "site-network"\?\)$/m);
    assert.match(message, /^ {2}routes\.wiki\.destination: is missing/m);
  });

  it("refuses an output where the layout is decided, and says so", async () => {
    const network = pulumi.output("site-network") as unknown as string;
    const message = await refusal(() => new GatewayPool("mine", { ...site, network, backendNetwork: "box-network" }));
    assert.match(message, /^ {2}network: is not plain data: write the value itself; what is known only while/m);
  });

  it("a route is declared in the words of the stack file, and its files come to the gateways", async () => {
    const box = parseProtobox();
    const destination = { addresses: [{ name: "database-1", address: "192.168.1.31", port: 5432 }] };
    const found = await without(() => new GatewayRoute("postgres", { box, route: { mode: "tcp", port: 30500, destination } })); // prettier-ignore
    const units = commandsOf(found).filter((name) => name.startsWith("postgres-gateway-"));
    assert.equal(units.length, 3, commandsOf(found).join());
    const refused = refusal(() => new GatewayRoute("more", { box, route: { mode: "tcp", port: 30163, destination } }));
    assert.match(
      await refused,
      /Route "more" on box "protobox" has 1 violation:\n {2}kubeGateways\.routes\.more.*30163/,
    );
  });

  it("says what it was to be given when it gets a copy of a section", async () => {
    const box = parseProtobox();
    assert.equal(boxOfPart(box.kubeGateways!), box);
    const message = await refusal(() => new GatewayPool("mine", { ...box.kubeGateways! }));
    assert.match(message, /^"mine" was given neither a box, nor a section of one, nor hosts: write \{ box \}/);
  });

  it("is refused when its host has a firewall of this stack already", async () => {
    const message = await refusal(() => {
      const { box } = new NatGateway("egress", { ...site, virtualIps: { out: { ...egress, pool: "egress" } }, input: "box-network", output: "site-network", snatAddress: "out" }); // prettier-ignore
      new HostFirewall("firewall", { box });
    });
    assert.match(message, /^"firewall" is the firewall of nat-2, which "egress-firewall" has made already: make it before/); // prettier-ignore
  });
});

describe("a box in TypeScript", () => {
  it("is the same as the stack file's, and so is what is made of it", async () => {
    const sections = Object.entries((parse(protoboxText) as { config: Record<string, unknown> }).config).map(([key, value]) => [key.replace("gatebox:", ""), value]); // prettier-ignore
    const { hosts, ...rest } = Object.fromEntries(sections) as Record<string, object>;
    const keyed = Object.fromEntries(Object.entries(hosts as object).map(([name, host]) => [name, { ...(host as object), hostKey: hostKeyFor(name) }])); // prettier-ignore
    Reflect.deleteProperty(rest["connection"] as object, "knownHosts");
    let box: Box | undefined;
    await without(() => (box = defineBox({ ...rest, hosts: keyed } as never, { name: "protobox" })));
    assert.deepEqual(box, parseProtobox());
  });

  it("tells every violation at once, by the paths of the stack file", async () => {
    const message = await refusal(() => defineBox({ ...site, pools: { nat: ["nat-3"] }, virtualIps: { out: { ...egress, pool: "nta" } } })); // prettier-ignore
    assert.match(message, /pools\.nat\[0\]: unknown host "nat-3"/);
    assert.match(message, /virtualIps\.out\.pool: unknown pool "nta" \(did you mean "nat"\?\)/);
  });

  it("comes from another stack by its name", async () => {
    let box: Box | undefined;
    const box1 = parseProtobox();
    await registrationsOf("config: {}", async () => (box = await boxFromStack("organization/gatebox/protobox")), {
      "organization/gatebox/protobox": { outputs: { box: writtenBox(box1) } },
    });
    assert.deepEqual(box?.pools, box1.pools);
  });
});

describe("conventions of Pulumi", () => {
  const box = readBox(JSON.parse(JSON.stringify(writtenBox(parseProtobox()))));
  const wiki = { port: 30170, namespace: "wiki" };

  it("a second run in one process begins anew: nothing is declared already", async () => {
    const program = () => new ExposedService("wiki", { box, app: wiki });
    const names = [await without(program), await without(program)].map(commandsOf);
    assert.deepEqual(names[0], names[1]);
    assert.equal(names[0]?.length, 5);
  });

  it("two boxes whose hosts share names have one service each, without a name twice", async () => {
    const other = readBox({ ...writtenBox(parseProtobox()), name: "other" });
    const found = await without(() => {
      new ExposedService("wiki", { box, app: wiki });
      new ExposedService("other-wiki", { box: other, app: wiki });
    });
    const urns = found.map(({ urn }) => urn);
    assert.equal(new Set(urns).size, urns.length);
  });

  const forms: Readonly<Record<string, (made: pulumi.Resource) => pulumi.ComponentResourceOptions["dependsOn"]>> = {
    "a resource": (made) => made,
    "a list": (made) => [made],
    "a list of promises": (made) => [Promise.resolve(made)],
    "an output of a resource": (made) => pulumi.output(made),
    "an output of a list": (made) => pulumi.output([made]),
    "a promise of a resource": (made) => Promise.resolve(made),
    "a promise of a list": (made) => Promise.resolve([made]),
  };
  for (const [form, dependsOn] of Object.entries(forms)) {
    it(`dependsOn may be ${form}`, async () => {
      const found = await without(() => {
        const first = new ExposedService("first", { box, app: { ...wiki, port: 30171 } });
        new ExposedService("wiki", { box, app: wiki }, { dependsOn: dependsOn(first)! });
      });
      const last = found.find(
        ({ type, name }) =>
          type === "Command" && name === "first-webservers-webserver-2-webserver-gatebox.protobox.first",
      )!;
      for (const { type, name, dependencies } of found)
        if (["Command", "Service"].includes(type) && name.startsWith("wiki"))
          assert.ok(dependencies.includes(last.urn), name);
    });
  }

  it("namespace, selector and target port may be known only while they are deployed", async () => {
    const found = await without(() => {
      const app = { port: 30170, namespace: pulumi.output("later"), selector: Promise.resolve({ app: "x" }), targetPort: pulumi.output(8080) }; // prettier-ignore
      new ExposedService("wiki", { box, app });
    });
    const { metadata, spec } = found.find(({ type }) => type === "Service")!.plain as { metadata: { namespace: string }; spec: { selector: object; ports: { targetPort: number }[] } }; // prettier-ignore
    assert.deepEqual([metadata.namespace, spec.selector, spec.ports[0]?.targetPort], ["later", { app: "x" }, 8080]);
  });

  it("a port that is an output is refused by its path", async () => {
    const port = pulumi.output(30170) as unknown as number;
    const message = await refusal(() => new ExposedService("wiki", { box, app: { port, namespace: "wiki" } }));
    assert.match(message, /services\.wiki\.app\.port: is not plain data/);
  });

  it("what is no HTTP has no location, and its URL is its port on the gateways", async () => {
    let url: pulumi.Output<string> | undefined;
    const found = await without(
      () => (url = new ExposedService("db", { box, app: wiki, mode: "tcp", web: false }).url),
    );
    assert.ok(!found.some(({ type }) => type === "WebserverRoute"));
    assert.match(await new Promise<string>((resolve) => url!.apply(resolve)), /^tcp:\/\/192\.168\.2\.\d+:30170$/);
  });

  it("a section of a box is the component's argument, and all entries of one pool are one set of rules", async () => {
    const whole = parseProtobox();
    const found = await without(() => {
      new BoxHosts("hosts", { box: whole });
      new GatewayPool("gateways", whole.kubeGateways!);
      for (const entry of whole.natGateways) new NatGateway(entry.name, entry);
    });
    const inputs = found.find(({ type }) => type === "GatewayPool")!.plain;
    assert.deepEqual(
      inputs["ports"],
      whole.kubeGateways!.routes.map(({ port }) => port),
    );
    assert.deepEqual(found.filter(({ type }) => type === "NatGateway").map(({ name }) => name).sort(), ["edge", "nat"]); // prettier-ignore
    assert.ok(!commandsOf(found).some((name) => name.startsWith("gateways-") && name.endsWith("-runtime")));
  });
});
