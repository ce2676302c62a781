/** The border as a service of its own. */
import type { Program } from "../assembly.ts";
import { treeOf } from "../places.ts";

export const border: Program = { name: "nftables", packages: ["nftables", "iproute2"], maskedUntilConfigured: [] };

/** The unit that loads the border at boot. */
export const borderUnit = "gatebox-border.service";

/**
 * `systemd/gatebox-border.service`: the border is up before any interface is, and stays until the kernel goes. It is
 * never restarted to change it (that would open it for a moment) but reloaded, which is one transaction.
 *
 * @param assembly whose tree the rules are in
 * @param before services that do not come up before the border stands
 */
export function borderService(assembly: string, before: readonly string[]): string {
  return `[Unit]
Description=Gatebox border: from the gateway network only declared ports can be reached
DefaultDependencies=no
RequiresMountsFor=/var/lib/gatebox
Wants=network-pre.target
After=nftables.service
Before=${["network-pre.target", ...before].join(" ")}

[Service]
Type=oneshot
RemainAfterExit=yes
WorkingDirectory=${treeOf(assembly)}/border
ExecStart=/usr/sbin/nft -f base.nft
ExecReload=/usr/sbin/nft -f base.nft
ExecStop=/usr/sbin/nft delete table inet gatebox_border

[Install]
WantedBy=sysinit.target
`;
}
