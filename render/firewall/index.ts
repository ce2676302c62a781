/**
 * The assembly `firewall`: every configured host is closed, but for what the assemblies of the host declare.
 *
 * Three files are copied to /etc rather than linked there: both units, and the rules that a host is closed with. They are
 * what a boot needs when /var does not mount, when `/var/lib/gatebox` is gone or when the rules are damaged.
 */
import type { Box, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type OpenPort, type Registry } from "../assembly.ts";
import { hasAssembly } from "../registryOf.ts";
import { entry } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { toolPorts } from "../tools/ports.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { openToAll } from "../openToAll.ts";
import { refusedPackets } from "../refusedPackets/index.ts";
import { fromWithin, openPortRules } from "./openPortRules.ts";
import { operatorAccess } from "./operatorAccess.ts";
import { closedRules, firewallRules } from "./rules.ts";
import { served } from "./untracked.ts";
import { closedPlace, closedService, firewallService } from "./units.ts";

/** Seconds after which a host whose operator can no longer get in goes back to what it had, by itself. */
const guard = "60\n";

const copies = `nft/closed.nft ${closedPlace} 0644
systemd/gatebox-closed.service /etc/systemd/system/gatebox-closed.service 0644
systemd/gatebox-firewall.service /etc/systemd/system/gatebox-firewall.service 0644
sysctl/firewall.conf /etc/sysctl.d/60-gatebox-firewall.conf 0644
`;

// What is served past connection tracking has the kernel's own answer to a flood: it keeps nothing of a SYN where there are
// too many. It is the default of every distribution, and of no use if a hardening guide has taken it away.
const sysctl = "net.ipv4.tcp_syncookies = 1\n";

/**
 * The firewall of all hosts that have any of the other assemblies.
 *
 * @example registryOf([...others, firewallAssembly(others)])
 */
export function firewallAssembly(others: readonly Assembly[]): Assembly {
  return {
    name: "firewall",
    pools: (box) => [...new Set(others.flatMap(({ pools }) => pools(box)))],
    only: (box, host) => others.some((other) => hasAssembly(other, box, host)),
    // `iproute2` brings ss, which the guard asks, and `util-linux` unshare, which the probe compares rules with.
    tables: [{ family: "inet", name: "gatebox_firewall", file: "nft/firewall.nft" }],
    programs: [
      { name: "nftables", packages: ["nftables", "iproute2", "procps", "util-linux"], maskedUntilConfigured: [] },
    ],
    effects: [{ unit: "gatebox-firewall.service", does: EffectKind.Reload, files: ["nft/firewall.nft"] }],
    files: firewallFiles,
    ports: declaredPorts,
    metricsSources: () => [refusedPackets({ place: "firewall", table: "gatebox_firewall" })],
  };
}

/** What the stack opens for programs that it does not know, the tools behind the web servers among them. */
function declaredPorts(box: Box, host: Host): OpenPort[] {
  const declared = box.firewall.openPorts
    .filter(({ pool }) => entry(box.pools, pool, "pools of the box").members.includes(host.name))
    .map(({ network, protocol, port }) => ({
      network,
      protocol,
      port,
      purpose: "firewall.openPorts",
      unknownListener: true as const,
    }));
  return [...declared, ...toolPorts(box, host)];
}

function firewallFiles(box: Box, host: Host, registry: Registry): TreeFile[] {
  const interfaces = Object.values(host.interfaces);
  const networks = Object.values(box.networks);
  const operator = operatorAccess(box, host);
  const inner = registry.forwardsFrom(box, host);
  const forwardsFrom = inner.map((network) => entry(host.interfaces, network, `interfaces of ${host.name}`));
  const open = openToAll(box, host, registry);
  const rules = firewallRules({
    interfaces,
    operator,
    cidrs: networks.map(({ cidr }) => cidr),
    prefixes6: networks.flatMap(({ ipv6 }) => ipv6 ?? []),
    openPorts: [...openPortRules(host, registry.portsOf(box, host)), ...fromWithin(box, host, open, inner)],
    untracked: served(box, host, open, inner),
    forwardsFrom,
  });
  const steps = ["check", "activate", "probe", "deactivate"] as const;
  return [
    usedInterfaces(interfaces),
    text("nft/firewall.nft", rules),
    text("nft/closed.nft", closedRules(operator)),
    text("systemd/gatebox-firewall.service", firewallService()),
    text("sysctl/firewall.conf", sysctl),
    text("systemd/gatebox-closed.service", closedService()),
    text("files.list", copies),
    ...steps.map((step) => executable(`lifecycle/${step}`, script(import.meta.dirname, `${step}.sh`))),
    text("lifecycle/settings", settings({ interfaces: interfaces.join(" "), forwards: forwardsFrom.join(" ") })),
    text("lifecycle/guard", guard),
  ];
}

function text(path: string, content: string): TreeFile {
  return { path, mode: "0644", text: content };
}

function executable(path: string, content: string): TreeFile {
  return { path, mode: "0755", text: content };
}
