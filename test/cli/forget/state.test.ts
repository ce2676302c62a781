import assert from "node:assert/strict";
import fc from "fast-check";
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
        const made: Made[] = [];
        for (const [one, assembly] of all) {
          const after = made.map(({ urn: other }) => other).filter(() => depends.next().value === true);
          made.push(...unit(one, assembly, after));
        }
        const mine = all.filter(([one]) => one === host).length;
        if (mine === 0) return;
        const { resources } = resultOf(stateOf(...made), host).deployment;
        assert.equal(resources.length, made.length - 2 * mine);
        const there = new Set(resources.map((one) => one.urn));
        const named = resources.flatMap((one) => JSON.stringify(one).match(/urn:pulumi:[^"]*/g) ?? []);
        for (const one of named) assert.ok(there.has(one), one);
      }),
    );
  });
});
