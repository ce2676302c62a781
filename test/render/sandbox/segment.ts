/** A network that several sandboxes are on: a bridge in a network namespace of its own. */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Sandbox } from "./sandbox.ts";

export class Segment {
  private readonly network: string;
  private readonly holder: ChildProcess;
  private count = 0;

  private constructor(network: string, holder: ChildProcess) {
    this.network = network;
    this.holder = holder;
  }

  /** Makes the network; hosts have an interface of this name on it. */
  static async make(network: string): Promise<Segment> {
    const holder = spawn("unshare", ["--net", "sleep", "infinity"], { stdio: "ignore" });
    const ours = readlinkSync("/proc/self/ns/net");
    // A namespace is there as soon as the kernel has run unshare; 5 s are for a machine under load.
    for (let tries = 0; readlinkSync(`/proc/${holder.pid}/ns/net`) === ours; tries++) {
      if (tries > 100) throw new Error("unshare makes no network namespace");
      await pause(50);
    }
    const segment = new Segment(network, holder);
    segment.run("ip link add bridge type bridge forward_delay 0 && ip link set bridge up");
    return segment;
  }

  /** Connects a sandbox; the other end of its interface is the bridge's port `p1`, `p2`, … in the order of joining. */
  join(sandbox: Sandbox, address: string): string {
    const port = `p${++this.count}`;
    this.run(`ip link add ${port} type veth peer name '${this.network}' netns ${sandbox.outerPid}
      ip link set ${port} master bridge up`);
    const { code, stderr } = sandbox.run(
      `ip addr add '${address}/24' dev '${this.network}' && ip link set '${this.network}' up`,
    );
    if (code !== 0) throw new Error(`cannot connect ${this.network}: ${stderr}`);
    return port;
  }

  /** Runs a script in the namespace of the bridge. */
  run(script: string): void {
    const entered = ["-t", String(this.holder.pid), "-n", "sh", "-euc", script];
    const result = spawnSync("nsenter", entered, { encoding: "utf8", timeout: 20_000 });
    if (result.status !== 0) throw new Error(`${this.network}: ${result.stderr}`);
  }

  /** The network goes, with all interfaces on it. */
  remove(): void {
    this.holder.kill("SIGKILL");
  }
}
