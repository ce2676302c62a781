/** netplan's file of one host. For netplan 0.106. */
import { familyOf, networkInterface } from "../scalars.ts";

/** One interface as it is to be. */
export interface NetplanInterface {
  /** Its name from now on. */
  readonly name: string;
  /** The hardware address that it is found by. */
  readonly macAddress: string;
  /** In CIDR notation, of either family. */
  readonly addresses: readonly string[];
  /** Gateways of the default routes, at most one of each family. */
  readonly defaultGateways: readonly string[];
  readonly nameservers: readonly string[];
}

/** Where netplan reads its file. Other files there are merged with it. */
export const netplanFile = "/etc/netplan/60-gatebox.yaml";

/**
 * `netplan/60-gatebox.yaml`. Nothing but what is written comes: no DHCP, no router advertisements; the kernel's link-local
 * IPv6 address stays, for neighbours find each other by it. A pulled cable takes no address away (`ignore-carrier`).
 *
 * @throws Error for what cannot be an interface, and for two interfaces that cannot be distinguished.
 */
export function netplan(interfaces: readonly NetplanInterface[]): string {
  return `# The network of this host. Gatebox writes this file: change the stack instead.
network:
  version: 2
  renderer: networkd
  ethernets:
${checked(interfaces).map(ethernet).join("")}`;
}

function ethernet({ name, macAddress, addresses, defaultGateways, nameservers }: NetplanInterface): string {
  const list = (key: string, items: readonly string[]): string =>
    items.length === 0 ? "" : `      ${key}:\n${items.map((item) => `        - ${item}\n`).join("")}`;
  const quoted = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(", ");
  return `    ${name}:
      match:
        macaddress: "${macAddress}"
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
    defaultGateways.map((via) => {
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

const macAddress = /^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/;

function checked(interfaces: readonly NetplanInterface[]): readonly NetplanInterface[] {
  if (interfaces.length === 0) throw new Error("host network: there is no interface");
  for (const one of interfaces) {
    networkInterface(one.name, "interface");
    if (!macAddress.test(one.macAddress))
      throw new Error(`${one.name}: ${JSON.stringify(one.macAddress)} is no hardware address`);
    if (one.addresses.length === 0) throw new Error(`${one.name}: there is no address`);
    for (const written of one.addresses) checkedAddress(written, one.name);
    const families = one.defaultGateways.map((via) => familyOf(via, `${one.name}: default route`));
    if (new Set(families).size < families.length) throw new Error(`${one.name}: two default routes of one family`);
    for (const server of one.nameservers) familyOf(server, `${one.name}: name server`);
  }
  const distinct = (key: "name" | "macAddress", what: string): void => {
    if (new Set(interfaces.map((one) => one[key])).size < interfaces.length)
      throw new Error(`host network: two interfaces have one ${what}`);
  };
  distinct("name", "name");
  distinct("macAddress", "hardware address");
  return interfaces;
}

function checkedAddress(written: string, name: string): void {
  const [address = "", length = "", ...more] = written.split("/");
  const longest = familyOf(address, `${name}: address`) === 4 ? 32 : 128;
  if (more.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > longest)
    throw new Error(`${name}: ${JSON.stringify(written)} is not an address with the length of its network's prefix`);
}
