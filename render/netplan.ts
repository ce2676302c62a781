/** The network of one host: netplan's file, and what netplan cannot say to systemd-networkd. For netplan 0.106, systemd 252. */
import { familyOf } from "./scalars.ts";
import { networkInterface } from "./scalars.ts";

/** One interface as it is to be. */
export interface NetplanInterface {
  /** Its name from now on. */
  readonly name: string;
  /** The hardware address that it is found by. */
  readonly ether: string;
  /** In CIDR notation, of either family. */
  readonly addresses: readonly string[];
  /** The next machines on the way out, at most one of each family. */
  readonly defaultGateway: readonly string[];
  readonly nameservers: readonly string[];
}

/** Where netplan reads its file. Other files there are merged with it. */
export const netplanFile = "/etc/netplan/60-gatebox.yaml";

/**
 * `netplan/60-gatebox.yaml`. Nothing but what is written comes: no DHCP, no router advertisements; the kernel's link-local
 * IPv6 address stays, for neighbours find each other by it. A pulled cable takes no address away (`ignore-carrier`).
 *
 * @throws Error for what cannot be an interface, and for two interfaces that cannot be told apart.
 */
export function netplan(interfaces: readonly NetplanInterface[]): string {
  return `# The network of this host. Gatebox writes this file: change the stack instead.
network:
  version: 2
  renderer: networkd
  ethernets:
${checked(interfaces).map(ethernet).join("")}`;
}

function ethernet({ name, ether, addresses, defaultGateway, nameservers }: NetplanInterface): string {
  const list = (key: string, items: readonly string[]): string =>
    items.length === 0 ? "" : `      ${key}:\n${items.map((item) => `        - ${item}\n`).join("")}`;
  const quoted = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(", ");
  return `    ${name}:
      match:
        macaddress: "${ether}"
      set-name: ${name}
      dhcp4: false
      dhcp6: false
      accept-ra: false
      ignore-carrier: true
${list(
  "addresses",
  addresses.map((one) => `"${one}"`),
)}${list(
    "routes",
    defaultGateway.map((via) => {
      const source = sourceFor(via, addresses);
      return `to: default\n          via: "${via}"${source === undefined ? "" : `\n          from: "${source}"`}`;
    }),
  )}${nameservers.length === 0 ? "" : `      nameservers:\n        addresses: [${quoted(nameservers)}]\n`}`;
}

/**
 * The address that a host sends to the outside with: its own. A virtual IP that it had before its own address came (back)
 * would else be the source, and move away.
 */
export function sourceFor(via: string, addresses: readonly string[]): string | undefined {
  const family = familyOf(via, "default route");
  return addresses
    .map((written) => written.split("/")[0] ?? "")
    .find((address) => familyOf(address, "address") === family);
}

/**
 * A drop-in for the file that netplan writes for one interface. Addresses that others have given it stay whatever networkd
 * does: a virtual IP must outlive its reload and its restart.
 *
 * netplan has the interface found by its permanent hardware address, which virtual cards of containers do not have; its
 * name and its hardware address as it is now say as much.
 */
export function networkDropIn({ name, ether }: NetplanInterface): string {
  return `# Gatebox: ${name} keeps the addresses that others give it
[Match]
PermanentMACAddress=
MACAddress=${ether}

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

/** By default a boot waits for every interface: two minutes for one cable that is not plugged in. */
export const waitOnlineDropIn = `# Gatebox: a host is online as soon as one of its interfaces is
[Service]
ExecStart=
ExecStart=/lib/systemd/systemd-networkd-wait-online --any --timeout=30
`;

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

/** Where sysctl reads it. */
export const networkSysctlFile = "/etc/sysctl.d/60-gatebox-network.conf";

const ether = /^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/;

function checked(interfaces: readonly NetplanInterface[]): readonly NetplanInterface[] {
  if (interfaces.length === 0) throw new Error("host network: there is no interface");
  for (const one of interfaces) {
    networkInterface(one.name, "interface");
    if (!ether.test(one.ether)) throw new Error(`${one.name}: ${JSON.stringify(one.ether)} is no hardware address`);
    if (one.addresses.length === 0) throw new Error(`${one.name}: there is no address`);
    for (const written of one.addresses) checkedAddress(written, one.name);
    const families = one.defaultGateway.map((via) => familyOf(via, `${one.name}: default route`));
    if (new Set(families).size < families.length) throw new Error(`${one.name}: two default routes of one family`);
    for (const server of one.nameservers) familyOf(server, `${one.name}: name server`);
  }
  for (const key of ["name", "ether"] as const) {
    if (new Set(interfaces.map((one) => one[key])).size < interfaces.length)
      throw new Error(`host network: two interfaces have one ${key}`);
  }
  return interfaces;
}

function checkedAddress(written: string, name: string): void {
  const [address = "", length = "", ...more] = written.split("/");
  const longest = familyOf(address, `${name}: address`) === 4 ? 32 : 128;
  if (more.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > longest)
    throw new Error(`${name}: ${JSON.stringify(written)} is not an address with the length of its network's prefix`);
}
