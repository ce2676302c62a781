import assert from "node:assert/strict";
import { counters, ownRules } from "./hostState.ts";
import { baseConfiguration, connects, edited, journalPlaces, onHost, sshConnections, up, world } from "./world.ts";

/** A NAT gateway and a border: what each has counted shows whether its rules were loaded again. */
const HOSTS = ["gateway-4", "gateway-1"] as const;
type Name = (typeof HOSTS)[number];

interface Rules {
  readonly rules: string;
  readonly counts: readonly number[];
  /** The generation of each assembly. */
  readonly live: string;
}

async function rulesOf(): Promise<Readonly<Record<Name, Rules>>> {
  const { lab } = await world();
  const found = HOSTS.map(async (host) => {
    const live = await onHost(lab, host, "readlink -f /etc/gatebox/*");
    return [host, { rules: await ownRules(lab, host), counts: await counters(lab, host), live }] as const;
  });
  return Object.fromEntries(await Promise.all(found)) as Record<Name, Rules>;
}

/** The same rules, and no counter that began anew. */
function assertSame(before: Readonly<Record<Name, Rules>>, after: Readonly<Record<Name, Rules>>): void {
  for (const host of HOSTS) {
    assert.equal(after[host].rules, before[host].rules, `${host}: rules`);
    assert.equal(after[host].live, before[host].live, `${host}: generations`);
    const { counts } = before[host];
    assert.ok(
      counts.some((count) => count > 0),
      `${host} has counted nothing, so nothing is proved`,
    );
    assert.equal(after[host].counts.length, counts.length);
    for (const [index, count] of counts.entries())
      assert.ok((after[host].counts[index] ?? 0) >= count, `${host}: a counter fell from ${count}`);
  }
}

describe("rules in force stay, and their counters go on", () => {
  before(async () => {
    const { lab } = await world();
    for (const address of ["192.168.2.11", "192.168.2.14"])
      assert.equal(await connects(lab, "webserver-1", address, 10250), false);
  });

  it("through a second `up`, which changes nothing", async () => {
    const { stack } = await world();
    const before = await rulesOf();
    await up(stack, ["--expect-no-changes"]);
    assertSame(before, await rulesOf());
  });

  it("through an `up` that sends every unit of a host again with the same content", async () => {
    const { lab, stack } = await world();
    const before = await rulesOf();
    const places = await journalPlaces(lab, HOSTS);
    // The hosts are reached through a bastion: Pulumi runs all their commands again, and no content depends on it.
    await stack.configure(
      await edited((config) => {
        for (const host of HOSTS)
          config.setIn(["config", "gatebox:hosts", host, "connection"], config.createNode({ bastion: "supervisor-1" }));
      }),
    );
    const printed = await up(stack);
    for (const unit of ["nat-gateway-4-nat-protobox.pool", "gateways-gateway-1-gateway-protobox.pool"])
      assert.match(printed, new RegExp(`${unit} updated`), `${unit} was not run again`);
    assert.doesNotMatch(printed, /live as generation/, "a unit found its own content changed");
    const logins = await sshConnections(lab, places);
    for (const host of HOSTS) assert.ok((logins[host] ?? 0) > 0, `nobody came to ${host}`);
    assertSame(before, await rulesOf());
  });

  it("through the replacement of a unit: the previous one is deleted, not the one just made", async () => {
    const { lab, stack } = await world();
    const previous = await ownRules(lab, "gateway-5");
    await stack.configure(await baseConfiguration());
    const printed = await up(stack, ["--replace", "**::nat-gateway-5-nat-protobox.pool"]);
    assert.match(printed, /^ {4}\+-1 replaced$/m);
    assert.equal(await ownRules(lab, "gateway-5"), previous);
    assert.equal(await onHost(lab, "gateway-5", "cat /proc/sys/net/ipv4/ip_forward"), "1");
  });
});
