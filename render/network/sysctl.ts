/** Kernel settings of a host on several networks. */

/** Where sysctl reads them. */
export const networkSysctlFile = "/etc/sysctl.d/60-gatebox-network.conf";

/**
 * A host on several networks answers ARP for an address only on the interface that has it, and asks with an address of
 * that interface. Other addresses of a subnet stay when its first one goes. Forwarding is not said here: that is up to a
 * NAT gateway's rules and to Kubernetes.
 */
export const networkSysctl = `# Gatebox: an address belongs to its interface
net.ipv4.conf.all.arp_ignore = 1
net.ipv4.conf.all.arp_announce = 2
net.ipv4.conf.all.promote_secondaries = 1
`;
