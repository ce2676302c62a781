/**
 * How the hosts of a box with name servers resolve names: the box's own from /etc/hosts, which nobody's death takes away,
 * and all others by the name servers, or by the servers beyond them while these are dead.
 *
 * @see BoxDns
 */
import { dnsOf } from "../../box/index.ts";
import type { Box, DnsRecord, Host } from "../../box/model.ts";
import type { Assembly } from "../assembly.ts";
import { dnsmasqHosts, hostsLine } from "../dnsmasq/configuration.ts";
import { hasAssembly } from "../registryOf.ts";
import { address, entry, familyOf, name } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";

/** More the C library does not ask: MAXNS in resolv.conf(5). */
const MOST_SERVERS = 3;

/** The resolver of all hosts that have any of the other assemblies. */
export function resolverAssembly(others: readonly Assembly[]): Assembly {
  return {
    name: "resolver",
    pools: (box) => (box.dns === undefined ? [] : [...new Set(others.flatMap(({ pools }) => pools(box)))]),
    only: (box, host) => others.some((other) => hasAssembly(other, box, host)),
    // It needs nothing but the C library and the tools that every host has.
    programs: [],
    files: resolverFiles,
  };
}

function resolverFiles(box: Box, host: Host): TreeFile[] {
  const servers = nameServersOf(box, host);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const own = dnsOf(box).records.find((record) => record.host === host.name);
  if (own === undefined) throw new Error(`${host.name} has no name in the box's domain`);
  return [
    text("hosts", hostsBlock(box, host)),
    // All addresses, those on other networks too: what somebody else says in /etc/hosts is held against them.
    text("known", dnsmasqHosts(dnsOf(box))),
    ...(servers.length === 0 ? [] : [text("resolv.conf", resolverConfiguration(box, servers))]),
    text("dhclient-hook.sh", script(import.meta.dirname, "dhclient-hook.sh")),
    text(
      "lifecycle/settings",
      settings({ own_name: own.name, own_address: preferredAddresses(box, host, own)[0] ?? "", short_name: host.name }),
    ),
    usedInterfaces([]),
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
  ];
}

/** The box's name servers on networks that a host is on, its own address first: none where it can reach none. */
function nameServersOf(box: Box, host: Host): string[] {
  const { pool, networks } = dnsOf(box);
  const network = networks.find((one) => Object.hasOwn(host.addresses, one));
  if (network === undefined) return [];
  const { members } = entry(box.pools, pool, "pools of the box");
  const ownFirst = [...members].sort((one, other) => Number(other === host.name) - Number(one === host.name));
  return ownFirst.map((member) => {
    const { addresses } = entry(box.hosts, member, "hosts of the box");
    return address(entry(addresses, network, `addresses of ${member}`), "name server");
  });
}

/**
 * `resolv.conf`. A name server that is dead is left after a second, and the next is asked: in the end one beyond the box,
 * which knows all but the box's names, and those are in /etc/hosts.
 */
function resolverConfiguration(box: Box, servers: readonly string[]): string {
  const { domains, forwarders } = dnsOf(box);
  // resolv.conf knows no ports.
  const beyond = forwarders
    .filter((one) => !one.includes("#") || one.endsWith("#53"))
    .map((one) => one.replace("#53", ""));
  for (const one of beyond) familyOf(one, "name server");
  const asked = [...servers, ...beyond].slice(0, MOST_SERVERS);
  return `# Made by Gatebox (/etc/gatebox/resolver): changes by hand are lost.
search ${name(domains[0] ?? "", "domain")}
${asked.map((one) => `nameserver ${one}\n`).join("")}options timeout:1 attempts:2
`;
}

/** The lines between Gatebox's marks in /etc/hosts. */
function hostsBlock(box: Box, host: Host): string {
  return dnsOf(box)
    .records.flatMap((record) =>
      preferredAddresses(box, host, record).map((one) => hostsLine(one, record.name, record.short)),
    )
    .join("");
}

/**
 * The addresses of a name that a host is told: of another host one, on the first network that both are on, those of the name
 * servers first. A program that takes its own address from its name gets one that it can be reached at.
 */
function preferredAddresses(box: Box, host: Host, { host: other, addresses }: DnsRecord): readonly string[] {
  if (other === undefined) return addresses;
  const there = entry(box.hosts, other, "hosts of the box").addresses;
  const networks = [...new Set([...dnsOf(box).networks, ...Object.keys(there)])].filter((one) =>
    Object.hasOwn(there, one),
  );
  const shared = networks.find((one) => Object.hasOwn(host.addresses, one));
  const [first] = networks;
  const network = shared ?? first;
  return network === undefined ? addresses.slice(0, 1) : [entry(there, network, `addresses of ${other}`)];
}
