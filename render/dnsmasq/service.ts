/** How the name server runs. */
import { treeOf } from "../places.ts";
import { boxDns, leaseDirectory } from "./configuration.ts";

/**
 * `systemd/gatebox-dns.service`. A reload reads names, servers and leases again, and drops the cache. It is done with all privileges
 * (`+`): dnsmasq is another user once it has started, and without CAP_KILL root itself may send that one no signal.
 */
export function boxDnsService(): string {
  const tree = treeOf(boxDns);
  return `[Unit]
Description=Gatebox: the box's name server
Requires=gatebox-firewall.service
After=gatebox-firewall.service network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/sbin/dnsmasq --keep-in-foreground --log-facility=- --pid-file= --conf-file=${tree}/dnsmasq.conf
ExecReload=+/bin/kill -HUP $MAINPID
StateDirectory=${leaseDirectory.replace("/var/lib/", "")}
Restart=always
RestartSec=1s
CapabilityBoundingSet=CAP_CHOWN CAP_NET_ADMIN CAP_NET_BIND_SERVICE CAP_NET_RAW CAP_SETGID CAP_SETPCAP CAP_SETUID
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
`;
}
