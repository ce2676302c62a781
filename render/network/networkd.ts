/** What netplan cannot say to systemd-networkd. For systemd 252. */
import { networkInterface } from "../scalars.ts";
import type { NetplanInterface } from "./netplan.ts";

/**
 * A drop-in for the file that netplan writes for one interface. Addresses that others have given it stay whatever networkd
 * does: a virtual IP must outlive its reload and its restart.
 *
 * netplan has the interface found by its permanent hardware address, which virtual NICs of containers do not have; its
 * name and its hardware address as it is now say as much.
 */
export function networkDropIn({ name, macAddress }: NetplanInterface): string {
  return `# Gatebox: ${name} keeps the addresses that others give it
[Match]
PermanentMACAddress=
MACAddress=${macAddress}

[Network]
KeepConfiguration=static
`;
}

/** Where {@link networkDropIn} goes. */
export function networkDropInFile(name: string): string {
  return `/etc/systemd/network/10-netplan-${networkInterface(name, "interface")}.network.d/gatebox.conf`;
}

/** Routes and rules of others (the cluster's, keepalived's) are theirs: by default networkd removes them when it starts. */
export const networkdConf = `# Gatebox: routes and rules of others stay
[Network]
ManageForeignRoutes=no
ManageForeignRoutingPolicyRules=no
`;

/** Where {@link networkdConf} goes. */
export const networkdConfFile = "/etc/systemd/networkd.conf.d/gatebox.conf";

/** By default a boot waits for every interface: two minutes for one cable that is not plugged in. */
export const waitOnlineDropIn = `# Gatebox: a host is online as soon as one of its interfaces is
[Service]
ExecStart=
ExecStart=/lib/systemd/systemd-networkd-wait-online --any --timeout=30
`;

/** Where {@link waitOnlineDropIn} goes. */
export const waitOnlineDropInFile = "/etc/systemd/system/systemd-networkd-wait-online.service.d/gatebox.conf";
