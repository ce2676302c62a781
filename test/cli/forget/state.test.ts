import assert from "node:assert/strict";
import fc from "fast-check";
import { payload } from "../../../host/payload.ts";
import { forget, StateRefused } from "../../../cli/forget/state.ts";

const urn = (type: string, name: string): string => `urn:pulumi:dev::gatebox::${type}::${name}`;

interface Made {
  readonly urn: string;
  readonly [key: string]: unknown;
}

/** What a unit of a host is in a state: the component, and its command. */
function unit(host: string, assembly: string, after: readonly string[] = []): readonly [Made, Made] {
  const type = "gatebox:index:HostUnit";
  const parent = urn(type, `${host}-${assembly}`);
  const command = urn(`${type}$command:remote:Command`, `${host}-${assembly}`);
  return [
    { urn: parent, type, custom: false, inputs: { host, assembly, unit: "dev.pool" }, dependencies: [...after] },
    {
      urn: command,
      type: "command:remote:Command",
      custom: true,
      parent,
      inputs: { stdin: "…", connection: { ciphertext: "v1:…" } },
      dependencies: [...after],
      propertyDependencies: { stdin: [...after], create: null },
    },
  ];
}

/** The same of what anybody may see, whose command has no component around it. */
function bareUnit(host: string, assembly: string, after: readonly string[] = []): Made {
  const [, command] = unit(host, assembly, after);
  const hook = `ssh-banner ${host} 192.0.2.1:22`;
  const stdin = payload({ assembly, unit: "dev.pool", files: [] });
  return {
    ...command,
    parent: pool.urn,
    inputs: { stdin, create: "true" },
    resourceHooks: { BeforeCreate: [hook], BeforeUpdate: [hook] },
  };
}

const pool: Made = { urn: urn("test:index:Pool", "pool"), type: "test:index:Pool", custom: false };

const stateOf = (...resources: readonly Made[]): string =>
  JSON.stringify({ version: 3, deployment: { manifest: { time: "now" }, secrets_providers: { type: "passphrase" }, resources } }); // prettier-ignore

interface Result {
  readonly version: number;
  readonly deployment: Record<string, unknown> & { readonly resources: readonly Made[] };
}
const resultOf = (text: string, host: string): Result => JSON.parse(forget(text, host).state) as Result;

describe("a state without a host", () => {
  const first = unit("gateway-1", "gateway");
  const second = unit("gateway-2", "gateway", [first[1].urn]);
  const third = unit("gateway-3", "gateway", [first[1].urn, second[1].urn]);

  it("has nothing of it, no reference to it, and all else as it was", () => {
    const { version, deployment } = resultOf(stateOf(...first, ...second, ...third), "gateway-2");
    assert.equal(version, 3);
    assert.deepEqual(deployment["secrets_providers"], { type: "passphrase" });
    assert.deepEqual(deployment.resources, [...first, ...unit("gateway-3", "gateway", [first[1].urn])]);
  });

  it("says how much that was, and of which assemblies", () => {
    const text = stateOf(...second, ...unit("gateway-2", "vip"), ...third);
    const { resources, assemblies } = forget(text, "gateway-2");
    assert.deepEqual([resources, assemblies], [4, ["gateway", "vip"]]);
  });

  it("has no bare command of it either, nor takes one for that of a host with a longer name", () => {
    const all = ["gateway-1", "gateway-10"].flatMap((host) => ["gateway", "vip"].map((tree) => bareUnit(host, tree)));
    const { state, resources, assemblies } = forget(stateOf(...all), "gateway-1");
    assert.deepEqual([resources, assemblies], [2, ["gateway", "vip"]]);
    assert.deepEqual((JSON.parse(state) as Result).deployment.resources, all.slice(2));
    assert.throws(() => forget(stateOf(...all), "gateway"), {
      message: "there is nothing of gateway in this state: it has gateway-1, gateway-10",
    });
  });

  it("has no pending operation on it either, and no word of what was to be deleted with it", () => {
    const other = { urn: urn("random:index:P", "p"), type: "random:index:P", custom: true, deletedWith: second[1].urn };
    const { deployment } = JSON.parse(stateOf(...first, ...second, other)) as Result;
    const pending_operations = [second[1], first[1]].map((resource) => ({ resource, type: "updating" }));
    const text = JSON.stringify({ version: 3, deployment: { ...deployment, pending_operations } });
    const result = resultOf(text, "gateway-2");
    assert.deepEqual(result.deployment["pending_operations"], [{ resource: first[1], type: "updating" }]);
    assert.equal("deletedWith" in (result.deployment.resources.at(-1) ?? {}), false);
  });

  it("is refused for a host that it does not have, naming those that it has", () => {
    for (const host of ["gateway-4", "gateway", ""])
      assert.throws(() => forget(stateOf(...first, ...third), host), {
        message: `there is nothing of ${host} in this state: it has gateway-1, gateway-3`,
      });
    assert.throws(() => forget(stateOf(), "a"), { message: "there is nothing of a in this state: it has no hosts" });
  });

  it("is refused where it is none", () => {
    for (const text of ["", "oops", "[]", "null", "{}", '{"deployment":{}}', '{"deployment":{"resources":{}}}'])
      assert.throws(() => forget(text, "a"), StateRefused, text);
  });

  it("leads nowhere but to what is in it, whatever depended on what", () => {
    const hosts = fc.constantFrom("a", "b", "c", "d");
    const units = fc.uniqueArray(fc.tuple(hosts, fc.constantFrom("vip", "nat", "gateway")), {
      minLength: 1,
      selector: ([host, assembly]) => `${host} ${assembly}`,
    });
    fc.assert(
      fc.property(units, hosts, fc.infiniteStream(fc.boolean()), (all, host, depends) => {
        const made: Made[] = [pool];
        for (const [one, assembly] of all) {
          const after = made.map(({ urn: other }) => other).filter(() => depends.next().value === true);
          made.push(...(depends.next().value === true ? unit(one, assembly, after) : [bareUnit(one, assembly, after)]));
        }
        const mine = made.filter(({ urn: name }) => name.includes(`::${host}-`)).length;
        if (mine === 0) return;
        const { resources } = resultOf(stateOf(...made), host).deployment;
        assert.equal(resources.length, made.length - mine);
        const there = new Set(resources.map((one) => one.urn));
        const named = resources.flatMap((one) => JSON.stringify(one).match(/urn:pulumi:[^"]*/g) ?? []);
        for (const one of named) assert.ok(there.has(one), one);
      }),
    );
  });
});
