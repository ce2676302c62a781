/** NAT gateways with real nftables, keepalived and conntrackd, a host of the box behind them and one outside. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Box } from "../../../box/model.ts";
import type { TreeFile } from "../../../render/treeFile.ts";
import { firewallFiles, natFiles, vipFiles } from "../sampleHa.ts";
import type { Flow } from "./flows.ts";
import { Sandbox } from "./sandbox.ts";
import { Segment } from "./segment.ts";

export class NatNetwork {
  /** Behind the gateways, 192.168.1.51. */
  readonly inside: Sandbox;
  /** Beyond them, 192.168.2.1, with 203.0.113.9 that stands for the internet. */
  readonly outside: Sandbox;
  private readonly box: Box;
  private readonly names: readonly string[];
  private readonly boxNetwork: Segment;
  private readonly gatewayNetwork: Segment;
  private readonly hosts = new Map<string, Sandbox>();
  private readonly ports = new Map<string, { box: string; gateway: string }>();

  private constructor(
    box: Box,
    names: readonly string[],
    segments: readonly [Segment, Segment],
    ends: readonly [Sandbox, Sandbox],
  ) {
    this.box = box;
    this.names = names;
    [this.boxNetwork, this.gatewayNetwork] = segments;
    [this.inside, this.outside] = ends;
  }

  /** The hosts, not yet gateways; `apply` makes them so. */
  static async make(box: Box, names: readonly string[]): Promise<NatNetwork> {
    const segments = [await Segment.make("box-network"), await Segment.make("gateway-network")] as const;
    const made = new NatNetwork(box, names, segments, [await Sandbox.make([]), await Sandbox.make([])]);
    made.boxNetwork.join(made.inside, "192.168.1.51");
    made.gatewayNetwork.join(made.outside, "192.168.2.1");
    made.inside.run("ip route add default via 192.168.1.254");
    made.outside.run("ip addr add 203.0.113.9/32 dev lo");
    made.outside.startNode("flows.ts", ["serve", "203.0.113.9", "7"]);
    for (const name of names) await made.join(name);
    return made;
  }

  private async join(name: string): Promise<void> {
    const host = await Sandbox.make([]);
    const { addresses } = this.host(name);
    this.hosts.set(name, host);
    this.ports.set(name, {
      box: this.boxNetwork.join(host, addresses["box-network"] ?? ""),
      gateway: this.gatewayNetwork.join(host, addresses["gateway-network"] ?? ""),
    });
    host.run("ip route add default via 192.168.2.1");
  }

  private host(name: string): Box["hosts"][string] {
    const found = this.box.hosts[name];
    assert.ok(found, `no host ${name}`);
    return found;
  }

  hostOf(name: string): Sandbox {
    const found = this.hosts.get(name);
    assert.ok(found, `no host ${name}`);
    return found;
  }

  /** The files of a gateway as the box declares it, or as another one does. */
  filesOf(name: string, box: Box = this.box): readonly TreeFile[] {
    return natFiles(box, this.host(name));
  }

  apply(name: string, files: readonly TreeFile[] = this.filesOf(name), steps?: readonly string[]): void {
    const { code, stderr } = this.hostOf(name).apply("nat", files, steps);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, `${name} nat`);
  }

  /** The firewall of a gateway as the box declares it, or as another one does. */
  closeTo(name: string, box: Box = this.box): void {
    this.applyFirewall(name, firewallFiles(box, this.host(name)));
  }

  applyFirewall(name: string, files: readonly TreeFile[], steps?: readonly string[]): void {
    const { code, stderr } = this.hostOf(name).apply("firewall", files, steps);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, `${name} firewall`);
  }

  /** Makes every host a gateway with a firewall, and waits until the first has the addresses. */
  async applyAll(): Promise<void> {
    for (const name of this.names) {
      this.closeTo(name);
      this.apply(name);
      const { code, stderr } = this.hostOf(name).apply("vip", vipFiles(this.box, this.host(name)));
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, `${name} vip`);
    }
    await this.holder(this.names[0] ?? "");
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    // A host that returns waits for its keepalived (0.4 s) and health (1 s); 20 s are for a machine under load.
    const begun = Date.now();
    while (!condition()) {
      if (Date.now() - begun > 20_000) throw new Error(`${what}: not within 20 s`);
      await pause(50);
    }
  }

  holds(name: string): boolean {
    return this.hostOf(name).run("ip -o -4 addr | grep -cE ' (192.168.1.254|192.168.2.253)/'").stdout === "2";
  }

  holder(name: string): Promise<void> {
    return this.until(
      () => this.names.every((one) => this.holds(one) === (one === name)),
      `${name} alone holds both addresses`,
    );
  }

  cables(name: string, state: "up" | "down"): void {
    const port = this.ports.get(name);
    this.boxNetwork.run(`ip link set ${port?.box} ${state}`);
    this.gatewayNetwork.run(`ip link set ${port?.gateway} ${state}`);
  }

  /** Flows of `flows.ts` that last while `happens` does. */
  async flowsWhile(happens: () => Promise<void>, ...options: readonly string[]): Promise<Flow[]> {
    const prober = this.inside.startNode("flows.ts", ["run", "203.0.113.9", "7", ...options]);
    const said: Buffer[] = [];
    prober.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    await this.until(() => said.length > 0, "an echo on each flow");
    // conntrackd has sent every flow to the others; UDP counts as lasting after two seconds.
    await pause(4000);
    await happens();
    this.inside.run("pkill -TERM -f sandbox/flows.ts");
    await once(prober, "close");
    return JSON.parse(Buffer.concat(said).toString().replace("ready\n", "")) as Flow[];
  }

  async remove(): Promise<void> {
    for (const host of [...this.hosts.values(), this.inside, this.outside]) await host.remove();
    for (const segment of [this.boxNetwork, this.gatewayNetwork]) segment.remove();
  }
}

/** The longest silence on any of them, in ms. */
export function longestGap(flows: readonly Flow[]): number {
  return Math.max(...flows.map((flow) => flow.longest));
}

/** The fewest echoes of a flow that has lasted: a slow machine asks less often than 20 times a second. */
const LASTING_ECHOES = 40;

/** All of a kind go on, each with at least half as many echoes as the busiest. (How long they may be silent is bound elsewhere.) */
export function assertGoOn(kind: string, flows: readonly Flow[]): void {
  const ended = flows.filter((flow) => flow.ended).length;
  console.log(`      ${kind}: ${flows.length} flows, ${ended} ended, longest gap ${longestGap(flows)} ms`);
  assert.ok(flows.length > 0);
  const least = Math.max(LASTING_ECHOES, Math.max(...flows.map((flow) => flow.echoes)) / 2);
  assert.deepEqual(
    flows.filter((flow) => flow.ended || flow.echoes < least),
    [],
  );
}
