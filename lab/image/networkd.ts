/**
 * What systemd-networkd needs to work on a host of the lab as it does on an installed machine. Which addresses a host has
 * is not in here: that is on its own disk (`hosts/installer.ts`).
 */

/**
 * On a machine, networkd waits for udev to say that an interface is complete. In a container no udev runs, and networkd
 * takes a read-only /sys for the sign of that; the lab's hosts have a writable one, because containers inside of them need
 * it. So networkd alone sees it read-only. Otherwise every interface stays "initializing" for ever.
 */
const WITHOUT_UDEV = `# No udev runs here, and networkd believes so only where it cannot write to /sys.
[Service]
ReadOnlyPaths=/sys
`;

/**
 * By default, networkd removes the rules and routes of others when it configures an interface anew, as after a change of
 * its files (`networkctl reload`, `reconfigure`): on the lab's hosts the rules of the uplink.
 */
const OTHERS = `# The uplink's rules are the lab's, the pods' routes are the cluster's.
[Network]
ManageForeignRoutes=no
ManageForeignRoutingPolicyRules=no
`;

/** Files by path below a host's root. */
export const NETWORKD_FILES: Readonly<Record<string, string>> = {
  "etc/systemd/system/systemd-networkd.service.d/lab.conf": WITHOUT_UDEV,
  "etc/systemd/networkd.conf.d/lab.conf": OTHERS,
};
