/**
 * systemd-networkd itself in a sandbox, with the bus that it is spoken to over. No udev runs there, and networkd believes
 * so only where /sys cannot be written to. The sandbox' `systemctl` starts and stops it.
 */
import type { Sandbox } from "./sandbox.ts";

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
  const cables = nics.map(
    ({ name, macAddress, address, neighbour }) => `
      unshare --net sleep infinity >/dev/null 2>&1 </dev/null & inner=$!
      until [ "$(readlink "/proc/$inner/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
      ip link add '${name}' address ${macAddress} type veth peer name peer netns "$inner"
      nsenter -t "$inner" -n sh -euc "ip addr add ${neighbour} dev peer; ip link set peer up"
      echo "$inner" >'/run/neighbour-of-${name}'
      printf '[Match]\\nName=%s\\n[Network]\\nAddress=%s\\n' '${name}' '${address}' >/etc/systemd/network/70-installer-${name}.network`,
  );
  const { code, stderr } = sandbox.run(`set -eu
    mount -t sysfs -o ro sysfs /sys
    mkdir -p /run/dbus /run/systemd/network /etc/systemd/network
    install -d -o systemd-network -g systemd-network /run/systemd/netif /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
    rm -f /etc/systemd/network/* /etc/netplan/*
    ${cables.join("\n")}
    dbus-daemon --system --fork --nopidfile
    systemctl start systemd-networkd.service`);
  if (code !== 0) throw new Error(`networkd does not start: ${stderr}`);
}
