/** What systemd is told about the firewall. Both units are copies in /etc, not links into /var: see `index.ts`. */

/** The tree that the rules are loaded from. */
const tree = "/etc/gatebox/firewall";

/** Where the copy is that a boot needs when there is nothing below /var. */
export const closedPlace = "/etc/gatebox-closed/closed.nft";

/**
 * `systemd/gatebox-closed.service`: the first of all. Started by hand it closes no host whose firewall stands.
 */
export function closedService(): string {
  return `[Unit]
Description=Gatebox: closed, but for the operator, until the firewall is loaded
DefaultDependencies=no
Wants=network-pre.target
After=nftables.service
Before=gatebox-firewall.service network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecCondition=/bin/sh -c '! /usr/sbin/nft -t list table inet gatebox_firewall >/dev/null 2>&1'
ExecStart=/usr/sbin/nft -f ${closedPlace}

[Install]
WantedBy=sysinit.target
`;
}

/**
 * `systemd/gatebox-firewall.service`: the rules stand before any interface is up, and until the kernel goes. Programs that
 * serve require this unit. It has failed unless the table stands: an empty file is loaded without an error.
 *
 * It is never restarted to change the rules but reloaded, which is one transaction. When it is stopped, the host is closed
 * before the rules go, and they stay if it cannot be closed.
 */
export function firewallService(): string {
  return `[Unit]
Description=Gatebox firewall: lets in only what is declared
DefaultDependencies=no
RequiresMountsFor=/var/lib/gatebox
Wants=network-pre.target
After=nftables.service gatebox-closed.service
Before=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f ${tree}/nft/firewall.nft
ExecStart=/bin/sh -c '/usr/sbin/nft -t list table inet gatebox_firewall >/dev/null'
ExecReload=/usr/sbin/nft -f ${tree}/nft/firewall.nft
ExecStop=/usr/sbin/nft -f ${closedPlace}
ExecStop=-/usr/sbin/nft delete table inet gatebox_firewall

[Install]
WantedBy=sysinit.target
`;
}
