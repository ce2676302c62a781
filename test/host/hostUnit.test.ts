import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../../box/model.ts";
import { HostPackages } from "../../host/HostPackages.ts";
import { HostRuntime } from "../../host/HostRuntime.ts";
import { HostUnit } from "../../host/HostUnit.ts";
import type { HostUnitArgs } from "../../host/HostUnit.ts";
import { runtimeText } from "../../host/runtimeText.ts";

const gateway: Host = {
  name: "gateway-1",
  addresses: { "box-network": "192.168.1.11" },
  interfaces: {},
  connection: { address: "192.168.1.11", port: 2222, user: "root", hostKey: "ssh-ed25519 AAAA" },
};
const bastion = { address: "192.168.0.7", port: 22, user: "jump", hostKey: "ssh-ed25519 BBBB" };

/** A secret as the engine sees it on the wire. */
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** A request of the SDK to the engine, as far as it matters here. */
interface Request {
  getName(): string;
  getType(): string;
  getParent(): string;
  getHooks(): { getBeforeCreateList(): string[]; getBeforeUpdateList(): string[] } | undefined;
  getAdditionalsecretoutputsList(): string[];
  getDependenciesList(): string[];
  getDeletebeforereplace(): boolean;
}

interface Command {
  readonly name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly inputs: Record<string, any>;
  readonly request: Request;
}

describe("HostUnit", () => {
  let commands: Command[];
  let hooks: string[];

  beforeEach(async () => {
    commands = [];
    hooks = [];
    const requests: Request[] = [];
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ type, name, inputs }) => {
        const request = requests.find((each) => each.getName() === name && each.getType() === type);
        if (type === "command:remote:Command" && request !== undefined) commands.push({ name, inputs, request });
        return { id: `${name}-id`, state: inputs };
      },
    });
    type Monitor = Record<
      string,
      (request: Request & { getOnDryRun(): boolean }, done: (...reply: unknown[]) => void) => void
    >;
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const register = monitor["registerResource"]?.bind(monitor);
    monitor["registerResource"] = (request, done) => {
      requests.push(request);
      register?.(request, done);
    };
    // The SDK's mock monitor cannot register hooks.
    monitor["registerResourceHook"] = (request, done) => {
      assert.equal(request.getOnDryRun(), false);
      hooks.push(request.getName());
      done(null, {});
    };
  });

  const unit = (args: Partial<HostUnitArgs> = {}, opts: pulumi.ComponentResourceOptions = {}) =>
    new HostUnit(
      "argocd-on-gateway-1",
      {
        host: gateway,
        assembly: "gateway",
        unit: "protobox.argocd",
        files: [{ path: "a.cfg", text: "one\n" }],
        ...args,
      },
      opts,
    );
  const settle = async (...made: { readonly command: pulumi.CustomResource }[]) => {
    await Promise.all(made.map(({ command }) => new Promise((resolve) => command.id.apply(resolve))));
    return commands;
  };
  const only = async (made: { readonly command: pulumi.CustomResource }) => {
    const [command, ...others] = await settle(made);
    assert.ok(command !== undefined && others.length === 0);
    return command;
  };
  const text = "gatebox-unit 1\nassembly gateway\nunit protobox.argocd\nfile a.cfg 0644\n|one\nend\n";

  it("makes one command with these inputs and no others", async () => {
    const command = await only(unit());
    assert.equal(command.name, "argocd-on-gateway-1-gateway-protobox.argocd");
    assert.match(command.request.getParent(), /gatebox:index:HostUnit::argocd-on-gateway-1$/);
    assert.deepEqual(command.inputs, {
      connection: {
        [Object.keys(SECRET)[0] ?? ""]: Object.values(SECRET)[0],
        value: {
          host: "192.168.1.11",
          port: 2222,
          user: "root",
          hostKey: "ssh-ed25519 AAAA",
          dialErrorLimit: 3,
          perDialTimeout: 10,
        },
      },
      create: "timeout -k 100 170 sh /usr/local/lib/gatebox/unit.sh apply",
      delete: "[ ! -e /usr/local/lib/gatebox/unit.sh ] || timeout -k 100 170 sh /usr/local/lib/gatebox/unit.sh remove",
      stdin: text,
      addPreviousOutputInEnv: false,
    });
  });

  it("runs each command of a host again where that has become another machine", async () => {
    const made = (machine?: string) => {
      const host: Host = machine === undefined ? gateway : { ...gateway, machine };
      return settle(
        unit({ host }),
        new HostPackages("packages", { host, packages: ["haproxy"] }),
        new HostRuntime("runtime", { host }),
      );
    };
    const before = (await made()).map(({ inputs }) => inputs);
    commands = [];
    const after = (await made("2026-11-30")).map(({ inputs }) => inputs);
    assert.equal(after.length, 3);
    for (const [index, { create, ...others }] of after.entries()) {
      const { create: former, ...same } = before[index] ?? {};
      assert.equal(create, `${String(former)} # on 2026-11-30`);
      assert.deepEqual(others, same);
    }
  });

  it("is applied anew where its host is to have it repaired, and nothing else is", async () => {
    const made = (repair?: Host["repair"]) => {
      const host: Host = repair === undefined ? gateway : { ...gateway, repair };
      return settle(
        unit({ host }),
        new HostPackages("packages", { host, packages: ["haproxy"] }),
        new HostRuntime("runtime", { host }),
      );
    };
    const creates = async (repair?: Host["repair"]) => {
      commands = [];
      return (await made(repair)).map(({ inputs }) => String(inputs["create"]));
    };
    const before = await creates();
    const apply = before.findIndex((create) => create.endsWith("apply"));
    const packages = before.findIndex((create) => create.endsWith("packages"));
    const after = await creates({ "gateway/protobox.argocd": "at-1", packages: "at-2" });
    assert.deepEqual(
      after,
      before.map((create, index) =>
        index === apply ? `${create} anew # repair at-1` : index === packages ? `${create} anew # repair at-2` : create,
      ),
    );
    const runtime = await creates({ runtime: "at-3", "other/unit": "at-4" });
    assert.deepEqual(runtime.filter((create, index) => create !== before[index]).length, 1);
  });

  it("is deleted before it is made anew where it is replaced: both go by the same names on the host", async () => {
    const packages = new HostPackages("packages", { host: gateway, packages: ["haproxy"] });
    const runtime = new HostRuntime("runtime", { host: gateway });
    for (const { name, request } of await settle(unit(), packages, runtime))
      assert.equal(request.getDeletebeforereplace(), true, name);
  });

  it("keeps a secret text out of everything that is stored or logged", async () => {
    const files = [{ path: "key.pem", text: pulumi.secret("PRIVATE KEY\n"), mode: "0600" }];
    const command = await only(unit({ files, secret: true }));
    assert.deepEqual(command.inputs.stdin, {
      ...SECRET,
      value: text.replace("a.cfg 0644\n|one", "key.pem 0600\n|PRIVATE KEY"),
    });
    assert.equal(command.inputs.logging, "none");
    assert.deepEqual(command.request.getAdditionalsecretoutputsList().sort(), [
      "connection",
      "stderr",
      "stdin",
      "stdout",
    ]);
    const plain = JSON.stringify(commands.map(({ inputs }) => ({ ...inputs, stdin: "" })));
    assert.doesNotMatch(plain, /PRIVATE/);
  });

  it("takes texts that are known later, and in any order of files", async () => {
    const files = [
      { path: "b", text: pulumi.output("later").apply((late) => `${late}\n`) },
      { path: "a", text: "now\n" },
    ];
    const command = await only(unit({ files }));
    assert.match(command.inputs.stdin, /file a 0644\n\|now\nfile b 0644\n\|later\nend\n$/);
  });

  it("goes through a bastion, whose key is checked too", async () => {
    const host = { ...gateway, connection: { ...gateway.connection!, bastion } };
    const command = await only(unit({ host }));
    const { proxy } = command.inputs.connection.value as { proxy: object };
    assert.deepEqual(proxy, {
      host: "192.168.0.7",
      port: 22,
      user: "jump",
      hostKey: "ssh-ed25519 BBBB",
      dialErrorLimit: 3,
      perDialTimeout: 10,
    });
  });

  it("becomes root by sudo for another user, and keeps the way in known to the guard", async () => {
    const host = { ...gateway, connection: { ...gateway.connection!, user: "admin" } };
    const command = await only(unit({ host }));
    const sudo = 'sudo -n env SSH_CONNECTION="$SSH_CONNECTION" timeout -k 100 170 sh /usr/local/lib/gatebox/unit.sh';
    assert.equal(command.inputs.create, `${sudo} apply`);
    assert.equal(command.inputs.delete, `[ ! -e /usr/local/lib/gatebox/unit.sh ] || ${sudo} remove`);
  });

  it("has its host's SSH banner checked before it is created or updated, by one hook for all of the host", async () => {
    const other = { ...gateway, name: "gateway-2", connection: { ...gateway.connection!, address: "192.168.1.12" } };
    await settle(unit(), unit({ unit: "second" }), unit({ host: other }));
    const expected = ["gateway-1 192.168.1.11:2222", "gateway-1 192.168.1.11:2222", "gateway-2 192.168.1.12:2222"];
    for (const phase of ["getBeforeCreateList", "getBeforeUpdateList"] as const) {
      const bound = commands.flatMap(({ request }) => request.getHooks()?.[phase]()).sort();
      assert.deepEqual(bound, expected.map((name) => `ssh-banner ${name}`)); // prettier-ignore
    }
    assert.equal(new Set(hooks).size, hooks.length);
  });

  it("is not made for a host whose key is not known: nothing would check who answers", () => {
    const { address, port, user } = gateway.connection!;
    const message = "192.168.1.11: its host key is not known, so nothing connects to it";
    assert.throws(() => unit({ host: { ...gateway, connection: { address, port, user } } }), { message });
  });

  it("refuses what a host would refuse before anything is sent, naming host and file", () => {
    const bad: [Partial<HostUnitArgs>, RegExp][] = [
      [{ files: [{ path: "../etc/passwd", text: "" }] }, /^gateway-1: file "\.\.\/etc\/passwd": give a path inside/],
      [{ files: [{ path: "a", text: "\0" }] }, /^gateway-1: file "a": a text file cannot hold a NUL/],
      [{ unit: "Argo CD" }, /^gateway-1: unit "Argo CD": use lower-case/],
      [{ host: { name: "database-1", addresses: {}, interfaces: {} } }, /^hosts\.database-1: has no connection/],
    ];
    for (const [args, message] of bad) assert.throws(() => unit(args), { message });
  });

  it("is another resource when it is another unit: as an update, the former one would stay on the host", async () => {
    const made = await settle(unit(), unit({ unit: "protobox.wiki" }), unit({ assembly: "webserver" }));
    assert.deepEqual(made.map(({ name }) => name).sort(), [
      "argocd-on-gateway-1-gateway-protobox.argocd",
      "argocd-on-gateway-1-gateway-protobox.wiki",
      "argocd-on-gateway-1-webserver-protobox.argocd",
    ]);
  });

  it("comes after what its component depends on", async () => {
    const runtime = new HostRuntime("gateway-1", { host: gateway });
    const packages = new HostPackages("haproxy", { host: gateway, packages: ["haproxy"] }, { dependsOn: runtime });
    await settle(runtime, packages, unit({}, { dependsOn: packages }));
    const order = commands.map(({ name }) => name);
    assert.deepEqual(order, [
      "gateway-1-runtime",
      "gateway-1-haproxy-packages",
      "argocd-on-gateway-1-gateway-protobox.argocd",
    ]);
    const dependencies = commands.map(({ request }) => request.getDependenciesList());
    assert.ok(dependencies[1]?.some((urn) => urn.endsWith("::gateway-1-runtime")));
    assert.ok(dependencies[2]?.some((urn) => urn.endsWith("::gateway-1-haproxy-packages")));
  });

  it("has a runtime installed by one constant command", async () => {
    const command = await only(new HostRuntime("gateway-1", { host: gateway }));
    assert.equal(command.inputs.stdin, runtimeText());
    assert.ok(command.inputs.create.startsWith("timeout -k 10 60 sh -c 'set -eu\numask 022\n"));
    assert.ok(command.inputs.create.length < 600);
  });

  it("has packages installed by a list in order", async () => {
    const args = { host: gateway, packages: ["nginx", "haproxy"], maskedUntilConfigured: ["nginx.service"] };
    const command = await only(new HostPackages("edge", args));
    assert.equal(command.inputs.create, "timeout -k 60 900 sh /usr/local/lib/gatebox/unit.sh packages");
    assert.equal(command.inputs.stdin, "gatebox-packages 1\npackage haproxy\npackage nginx\nmask nginx.service\nend\n");
    assert.equal(command.inputs.delete, undefined);
    assert.throws(
      () => new HostPackages("x", { host: gateway, packages: ["a b"] }),
      /gateway-1: "a b" is not a package/,
    );
  });
});
