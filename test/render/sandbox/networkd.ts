/**
 * systemd-networkd itself in a sandbox, with the bus that it is spoken to over. No udev runs there, and networkd believes
 * so only where /sys cannot be written to. The sandbox' `systemctl` starts and stops it.
 */
import type { Sandbox } from "./sandbox.ts";
import { scriptFile } from "./scriptFile.ts";

/** A NIC of the host, as it is before anything is configured. */
export interface Nic {
  readonly name: string;
  readonly macAddress: string;
  /** What the installer gave it, in CIDR notation. */
  readonly address: string;
  /** On the other end of its cable, in CIDR notation. */
  readonly neighbour: string;
}

/**
 * Puts NICs into the sandbox, each with a neighbour on its cable (an interface `<name>.peer` of a namespace of its own),
 * and what an installer would leave: a file of networkd for each, found by name. Then starts networkd.
 */
export function startNetworkd(sandbox: Sandbox, nics: readonly Nic[]): void {
  const steps = [
    scriptFile("before-networkd.sh"),
    ...nics.map(({ name, macAddress, address, neighbour }) =>
      scriptFile("cable.sh", name, macAddress, address, neighbour),
    ),
    "dbus-daemon --system --fork --nopidfile",
    "systemctl start systemd-networkd.service",
  ];
  const { code, stderr } = sandbox.run(`set -eu\n${steps.join("\n")}`);
  if (code !== 0) throw new Error(`networkd does not start: ${stderr}`);
}
