/**
 * A host with two NICs in a sandbox, as the installer left it, whose network the tests write: the real netplan and the
 * real systemd-networkd. What is not there is udev, as in any container.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import type { Host } from "../../../box/model.ts";
import type { TreeFile } from "../../../render/treeFile.ts";
import { networkBox, networkFiles, networkHost } from "../sampleNetwork.ts";
import { startNetworkd, type Nic } from "./networkd.ts";
import { scriptFile } from "./scriptFile.ts";
import { Sandbox, until, type Outcome } from "./sandbox.ts";

export const macAddresses = { "gateway-network": "02:67:c0:a8:02:0e", "box-network": "02:67:c0:a8:01:0e" } as const;

/** NICs as the installer left them: one has its network's name already, the other has not. */
const nics: readonly Nic[] = [
  {
    name: "eth0",
    macAddress: macAddresses["gateway-network"],
    address: "192.168.2.14/24",
    neighbour: "192.168.2.1/24",
  },
  {
    name: "box-network",
    macAddress: macAddresses["box-network"],
    address: "192.168.1.14/24",
    neighbour: "192.168.1.1/24",
  },
];

/** The network of gateway-4; `change` takes the place of what the box says of it. */
export function tree(change: Partial<Host> = {}, replaces: readonly string[] = []): readonly TreeFile[] {
  return networkFiles(networkBox({ replaces }), networkHost("gateway-4", change));
}

/** The same host with another address in the gateway network, and another default gateway. */
export const moved = tree({
  addresses: { "gateway-network": "192.168.2.64", "box-network": "192.168.1.14" },
  macAddresses,
  defaultGateway: "192.168.2.1",
});

/** What `state` says of the host as the installer left it. */
export const installed = `eth0 ${macAddresses["gateway-network"]} 192.168.2.14/24\nbox-network ${macAddresses["box-network"]} 192.168.1.14/24\n`;

/** What `state` says of it once `tree()` is in force. */
export const wanted = `gateway-network ${macAddresses["gateway-network"]} 192.168.2.14/24
box-network ${macAddresses["box-network"]} 192.168.1.14/24
default via 192.168.2.254 dev gateway-network proto static src 192.168.2.14`;

/** Of what the kernel reported: addresses and default routes that were taken away. */
export function taken(lines: readonly string[]): string[] {
  return lines.filter((line) => /Deleted .*(?:192\.168\.|default)/.test(line));
}

/** The host; each test makes one and removes it. */
export class NetworkedHost {
  readonly #sandbox: Sandbox;

  private constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Resolves once the host has the addresses that the installer gave it. */
  static async make(): Promise<NetworkedHost> {
    const host = new NetworkedHost(await Sandbox.make([]));
    startNetworkd(host.#sandbox, nics);
    await until(() => /192\.168\.2\.14[^]*192\.168\.1\.14/.test(host.state()));
    return host;
  }

  async remove(): Promise<void> {
    await this.#sandbox.remove();
  }

  run(script: string): Outcome {
    return this.#sandbox.run(script);
  }

  start(script: string): ChildProcess {
    return this.#sandbox.start(script);
  }

  /** Runs the tree's own scripts: all that the runtime runs, or these. */
  applies(files: readonly TreeFile[], steps?: readonly string[]): Outcome {
    return this.#sandbox.apply("network", files, steps);
  }

  /** Applies the tree, and nobody complains. */
  works(files: readonly TreeFile[]): void {
    const { code, stderr } = this.applies(files);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  }

  /** What the check says of a tree that it refuses; nothing has changed by it. */
  refused(files: readonly TreeFile[]): string {
    const before = this.state();
    const { code, stderr } = this.applies(files, ["check"]);
    assert.equal(code, 1, stderr);
    assert.equal(this.state(), before, "the check changed something");
    return stderr;
  }

  /** Goes back as the runtime does: the links lead to the tree before, whose activate and probe run. */
  goesBack(to: readonly TreeFile[]): void {
    const { code, stderr } = this.applies(to, ["activate", "probe"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  }

  /** Removes the live tree. */
  deactivates(): void {
    const script = `cd "$(readlink -f /etc/gatebox/network)" && TREE=$(pwd) CURRENT=/etc/gatebox/network PREVIOUS='' sh -eu lifecycle/deactivate && rm -f /etc/gatebox/network`;
    const { code, stderr } = this.run(script);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  }

  /**
   * Applies the tree again and again, each time killing its activate just before a use of `program` (every third: each round
   * takes seconds), when something is half done; the last time it is not killed. After each, `check` is told where it was.
   */
  killedAtUses(program: string, files: readonly TreeFile[], previous: string, check: (where: string) => void): void {
    for (let use = 1; ; use += 3) {
      this.applies(files, ["check"]);
      this.run(scriptFile("killing-program.sh", program, String(use)));
      this.run(`cd "$(readlink -f /etc/gatebox/network)"
        TREE=$(pwd) CURRENT=/etc/gatebox/network PREVIOUS='${previous}' sh -euc 'echo $$ >/run/victim; exec sh -eu lifecycle/activate'`);
      const killed = this.run(`rm -f /usr/sbin/${program}; cat /run/killed 2>/dev/null`).stdout !== "";
      check(`killed at use ${use} of ${program}`);
      if (!killed) {
        assert.ok(use > 1, `${program} was not used`);
        return;
      }
    }
  }

  /** "NAME MAC ADDRESS…" of each NIC, and the default routes. */
  state(): string {
    const script = `for mac in ${Object.values(macAddresses).join(" ")}; do
      name=$(ip -o link | grep -i "$mac" | awk '{ sub(/[:@].*/, "", $2); print $2 }')
      echo "$name" "$mac" $(ip -o -4 address show dev "$name" | awk '{ print $4 }' | sort)
    done
    ip -4 route show default`;
    return this.run(script)
      .stdout.split("\n")
      .map((line) => line.trim())
      .join("\n");
  }

  /** Names of all files that netplan, networkd and we write. */
  files(): string {
    return this.run(
      "ls -A /etc/netplan /etc/systemd/network /run/systemd/network /etc/systemd/networkd.conf.d /etc/sysctl.d",
    ).stdout;
  }

  /** What the kernel reported of addresses and links while something was done. */
  async events(work: () => void): Promise<string[]> {
    const monitor = this.start("ip -o monitor address link route");
    const said: Buffer[] = [];
    monitor.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    const mark = (): void => void this.run("ip addr add 198.51.100.1/32 dev lo; ip addr del 198.51.100.1/32 dev lo");
    const text = (): string => Buffer.concat(said).toString();
    // It listens once it reports a change; and it has reported all when it reports another.
    await until(() => (mark(), text().includes("198.51.100.1")));
    const begun = text().length;
    work();
    this.run("ip addr add 198.51.100.2/32 dev lo");
    await until(() => text().includes("198.51.100.2"));
    this.run("ip addr del 198.51.100.2/32 dev lo");
    monitor.kill();
    return (
      text()
        .slice(begun)
        .split("\n")
        // Link-local addresses of IPv6 take the kernel a second or two.
        .filter((line) => !/198\.51\.100\.|fe80::/.test(line))
    );
  }
}
