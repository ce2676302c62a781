/** What dnsmasq reads: its configuration at its start, and servers, names and leases also when it is told to. */
import { rangeOf, splitRange } from "./ranges.ts";
import { dnsOf } from "../../box/index.ts";
import type { Box, DhcpNetwork, Dns, Host } from "../../box/model.ts";
import { treeOf } from "../places.ts";
import { address, entry, familyOf, name, wholeNumber } from "../scalars.ts";

/** Name of the assembly. */
export const boxDns = "dns";
/** Its unit: Debian's `dnsmasq-base` brings a program, and none. */
export const boxDnsUnit = "gatebox-dns.service";
/** Where leases are kept. They outlast a restart, a boot and the section. */
export const leaseDirectory = "/var/lib/gatebox-dns";

/** Seconds that clients may keep an answer about the box: as long may one that a change has made stale live on. */
const localTtl = 30;

/** The addresses that a host answers at: its own on the networks that may ask. */
export function listeningAddresses(box: Box, host: Host): string[] {
  const { networks } = dnsOf(box);
  return networks.map((network) => address(entry(host.addresses, network, `addresses of ${host.name}`), "name server"));
}

/** `dnsmasq.conf`. */
export function dnsmasqConfiguration(box: Box, host: Host): string {
  const dns = dnsOf(box);
  const tree = treeOf(boxDns);
  // Their servers are the box's own, or the operator's: answers from there may be private.
  const privateAnswers = [...new Set([...Object.keys(dns.forward), ...dns.allowPrivateAnswers])];
  return `# The box's name server. Made by Gatebox: changes by hand are lost.
user=dnsmasq
group=nogroup

# These addresses and no others: a resolver on the host's loopback stays what it is.
${listeningAddresses(box, host)
  .map((one) => `listen-address=${one}\n`)
  .join("")}bind-dynamic

# Names and servers are those of the stack, whatever this host knows itself.
no-resolv
no-poll
no-hosts
addn-hosts=${tree}/hosts
servers-file=${tree}/servers
# Of a host on several networks the address on the network that asks.
localise-queries
local-ttl=${localTtl}
cache-size=2000

# Nobody outside is asked for plain names and private addresses, nor believed about private addresses (DNS rebinding).
domain-needed
bogus-priv
stop-dns-rebind
${privateAnswers.map((domain) => `rebind-domain-ok=/${name(domain, "domain with private answers")}/\n`).join("")}dns-loop-detect
${dhcpConfiguration(box, host, dns)}`;
}

/** `servers`: who is asked for what. An empty server is nobody: such names are the box's own. */
export function dnsmasqServers({ domains, records, forward, forwarders }: Dns): string {
  const isWithin = (one: string, domain: string): boolean => one === domain || one.endsWith(`.${domain}`);
  // A name elsewhere, such as kube.plane.box, hides nothing beside it.
  const others = records.map((record) => record.name).filter((one) => !domains.some((domain) => isWithin(one, domain)));
  const own = [...domains, ...others].map((domain) => `server=/${name(domain, "domain")}/\n`);
  const elsewhere = Object.entries(forward).flatMap(([domain, servers]) =>
    servers.map((server) => `server=/${name(domain, "domain")}/${nameServer(server)}\n`),
  );
  return [...own, ...elsewhere, ...forwarders.map((server) => `server=${nameServer(server)}\n`)].join("");
}

/** `hosts`: every name of the box, in the form of hosts(5). */
export function dnsmasqHosts({ records }: Dns): string {
  return records
    .flatMap(({ name: whole, short, addresses }) => addresses.map((one) => hostsLine(one, whole, short)))
    .join("");
}

/** A line of hosts(5). */
export function hostsLine(of: string, whole: string, short?: string): string {
  familyOf(of, `address of ${whole}`);
  return `${[of, name(whole, "name"), ...(short === undefined ? [] : [name(short, "short name")])].join(" ")}\n`;
}

/** `leases`: who gets which address, in the form of dnsmasq's `dhcp-host`. */
export function dnsmasqLeases({ dhcp }: Dns): string {
  return Object.values(dhcp)
    .flatMap(({ leases }) => leases)
    .map(({ host, macAddress, address: own }) => `${mac(macAddress)},${address(own, "lease")},${name(host, "host")}\n`)
    .join("");
}

function mac(value: string): string {
  if (/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(value)) return value;
  throw new Error(`lease: ${JSON.stringify(value)} is not a MAC address`);
}

/** `ADDRESS` or `ADDRESS#PORT`. */
function nameServer(written: string): string {
  const [server = "", port, ...more] = written.split("#");
  familyOf(server, "name server");
  if (more.length > 0 || (port !== undefined && !/^[1-9]\d{0,4}$/.test(port)))
    throw new Error(`name server: ${JSON.stringify(written)} is not ADDRESS#PORT`);
  return written;
}

function dhcpConfiguration(box: Box, host: Host, { domains, dhcp, pool, networks }: Dns): string {
  const declared = Object.entries(dhcp);
  if (declared.length === 0) return "";
  const { members } = entry(box.pools, pool, "pools of the box");
  // Of two servers neither knows the other's leases, so neither may deny one.
  const alone = members.length === 1 ? "dhcp-authoritative\n" : "";
  const serversOn = (network: string): string[] =>
    members.flatMap((member) => (networks.includes(network) ? (box.hosts[member]?.addresses[network] ?? []) : []));
  return `
domain=${name(domains[0] ?? "", "domain")}
dhcp-leasefile=${leaseDirectory}/leases
dhcp-hostsfile=${treeOf(boxDns)}/leases
# A machine that is not known names itself as it likes, and would be somebody else.
dhcp-ignore-names=tag:!known
${alone}${declared.map(([network, one]) => dhcpOf(network, one, box, serversOn(network), members.indexOf(host.name))).join("")}`;
}

function dhcpOf(network: string, dhcp: DhcpNetwork, box: Box, servers: readonly string[], place: number): string {
  const { first, mask } = rangeOf(entry(box.networks, network, "networks of the box").cidr);
  const tag = name(network, "network");
  const time = `${wholeNumber(dhcp.leaseMinutes, 2, "minutes of a lease")}m`;
  const own = dhcp.range === undefined ? undefined : splitRange(dhcp.range, servers.length, place);
  const addresses = own === undefined ? `${first},static` : `${own.first},${own.last}`;
  const options = [
    // Without a value: else a client takes the name server for its router.
    ["router", ...(dhcp.router === undefined ? [] : [address(dhcp.router, "router")])],
    ["dns-server", ...servers.map((one) => address(one, "name server"))],
  ];
  return [
    `\ndhcp-range=set:${tag},${addresses},${mask},${time}\n`,
    ...options.map(
      ([option = "", ...values]) => `dhcp-option=${[`tag:${tag}`, `option:${option}`, ...values].join(",")}\n`,
    ),
  ].join("");
}
