/** gateway-1 of the Protobox between network namespaces, with its firewall, and ways to ask what is open. */
import assert from "node:assert/strict";
import type { TreeFile } from "../../../render/treeFile.ts";
import { parseProtobox } from "../../box/parsing.ts";
import { firewallTree } from "../sampleFirewall.ts";
import { Sandbox } from "./sandbox.ts";

/** What kube-proxy does for a NodePort, and a border that lets the port 30170 past connection tracking. */
const others = `sysctl -qw net.ipv4.ip_forward=1
nft -f - <<'RULES'
table ip kube-proxy {
  chain prerouting { type nat hook prerouting priority dstnat; fib daddr type local tcp dport 30165 dnat to 10.233.64.5:8081; }
}
table inet border {
  chain in { type filter hook prerouting priority raw; iifname "gateway-network" tcp dport 30170 notrack; }
  chain out { type filter hook output priority raw; oifname "gateway-network" tcp sport 30170 notrack; }
}
RULES`;

const protobox = parseProtobox();

/** The files of its firewall. */
export const tree = firewallTree(protobox, protobox.hosts["gateway-1"]!);

/** These files with one changed. */
export function edited(path: string, edit: (text: string) => string): TreeFile[] {
  return tree.map((file) => (file.path === path ? { ...file, text: edit(file.text) } : file));
}

/** The networks, by whom is asked from there: a web server's side, and a node's. */
export const webserver = "gateway-network";
export const node = "box-network";

/** What programs on the host listen on, on all addresses. */
export const listening: readonly number[] = [22, 8405, 9999, 10250, 30170, 45000];

/** The kind of an interface that is plugged in, and what is run on both sides of it. */
export interface Plug {
  readonly kind: "veth" | "bridge";
  /** On the host. */
  readonly here: string;
  /** At the other end, whose interface is `eth0`. */
  readonly there: string;
}

export class FirewallHost {
  readonly sandbox: Sandbox;

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async make(): Promise<FirewallHost> {
    const sandbox = await Sandbox.make([
      { network: webserver, address: "192.168.2.11", neighbour: "192.168.2.1" },
      { network: node, address: "192.168.1.11", neighbour: "192.168.1.51" },
    ]);
    const host = new FirewallHost(sandbox);
    await Promise.all(listening.map((port) => sandbox.serve("any", "0.0.0.0", port)));
    await sandbox.serve("web", "0.0.0.0", 80, webserver);
    host.run(others);
    host.run("ip route add default via 192.168.1.11", node);
    return host;
  }

  /** Runs a script that must succeed without a complaint. */
  run(script: string, where?: string): string {
    const { code, stdout, stderr } = this.sandbox.run(script, where);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, script);
    return stdout;
  }

  /** Applies a tree; returns what its scripts said. */
  apply(files: readonly TreeFile[] = tree): string {
    const { code, stdout, stderr } = this.sandbox.apply("firewall", files);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return stdout;
  }

  /**
   * Which of these ports accept a connection within some seconds.
   *
   * @param from the host itself, a network, or a process at the other end of what was plugged in
   */
  open(from: string | number | undefined, address: string, ports = listening, seconds = 1): number[] {
    const enter = typeof from === "number" ? `nsenter -t ${from} -n ` : "";
    const ask = `timeout ${seconds} ${enter}bash -c "exec 3<>/dev/tcp/${address}/$port" 2>/dev/null && echo "$port"`;
    const script = `for port in ${ports.join(" ")}; do (${ask}) & done; wait`;
    const answer = this.sandbox.run(script, typeof from === "string" ? from : undefined).stdout;
    const found = answer.split("\n").flatMap((line) => (line === "" ? [] : [Number(line)]));
    return found.sort((one, other) => one - other);
  }

  /** Plugs a new interface in. Returns a process at its other end. */
  plug(name: string, { kind, here, there }: Plug): number {
    const pair = (end: string): string => `ip link add '${end}' type veth peer name eth0 netns "$inner"`;
    const make =
      kind === "veth"
        ? pair(name)
        : `ip link add '${name}' type bridge forward_delay 0 && ${pair("port")} && ip link set port master '${name}' up`;
    const pid = this.run(`set -eu
      unshare --net sleep infinity >/dev/null 2>&1 </dev/null & inner=$!
      until [ "$(readlink "/proc/$inner/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
      ${make}
      ip link set '${name}' up
      ${here}
      nsenter -t "$inner" -n sh -euc 'ip link set lo up; ip link set eth0 up; ${there}'
      until ip -o link show dev '${name}' | grep -q 'state UP'; do sleep 0.05; done
      echo "$inner"`);
    return Number(pid);
  }

  /** Packets that the firewall has counted so far. */
  counted(counter: string): number {
    const listed = this.run(`nft list counter inet gatebox_firewall ${counter}`);
    return Number(/packets (\d+)/.exec(listed)?.[1]);
  }

  /** Gatebox' own tables that stand. */
  tables(): string {
    return this.run("nft list tables | sed -n 's/^table inet gatebox_//p'");
  }
}
