/** The rules of a NAT gateway as a service of its own. */
import type { Program } from "../assembly.ts";
import { treeOf } from "../places.ts";

export const nftables: Program = {
  name: "nftables",
  packages: ["nftables", "iproute2", "procps", "kmod", "socat"],
  maskedUntilConfigured: [],
};

/** Lines of `lifecycle/links`: what systemd and sysctl read, in their places. The rules stand before the network does. */
export const natLinks = `/etc/systemd/system/gatebox-nat.service systemd/gatebox-nat.service
/etc/systemd/system/sysinit.target.wants/gatebox-nat.service systemd/gatebox-nat.service
/etc/sysctl.d/60-gatebox-nat.conf sysctl/nat.conf
`;

/**
 * `systemd/gatebox-nat.service`: rules and settings stand before any interface is up, and until the kernel goes. It is
 * never restarted to change them (that would open the gateway for a moment) but reloaded, which is one transaction.
 *
 * It alone makes the host forward, when the rules stand: a host whose rules could not be loaded, or whose unit is stopped,
 * forwards nothing. It comes after those that may have a say in the same things at boot.
 */
export function natService(): string {
  const natTree = treeOf("nat");
  return `[Unit]
Description=Gatebox NAT gateway: leads inner networks out, and lets nothing in that is not open
DefaultDependencies=no
RequiresMountsFor=/var/lib/gatebox
Wants=network-pre.target
After=nftables.service systemd-sysctl.service
Before=network-pre.target keepalived.service

[Service]
Type=oneshot
RemainAfterExit=yes
WorkingDirectory=${natTree}/nft
ExecStartPre=-/sbin/modprobe nf_conntrack
ExecStart=/usr/sbin/nft -f nat.nft
ExecStart=-/sbin/sysctl --quiet --load ${natTree}/sysctl/nat.conf
ExecStart=/sbin/sysctl --quiet --load ${natTree}/sysctl/forwarding.conf
ExecReload=/usr/sbin/nft -f nat.nft
ExecReload=-/sbin/sysctl --quiet --load ${natTree}/sysctl/nat.conf
ExecReload=/sbin/sysctl --quiet --load ${natTree}/sysctl/forwarding.conf
ExecStop=-/sbin/sysctl --quiet net.ipv4.ip_forward=0
ExecStop=/usr/sbin/nft delete table inet gatebox_nat
ExecStopPost=-/sbin/sysctl --quiet net.ipv4.ip_forward=0

[Install]
WantedBy=sysinit.target
`;
}
