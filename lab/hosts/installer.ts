/** What the installer of a site would leave on a host for its networks: the host's own disk has it before it boots. */
import { NETWORKS, networksOf, type LabHost, type NetworkName } from "../inventory.ts";

/**
 * The files that systemd-networkd gives a host its addresses and its default route by, by path below the host's root.
 *
 * @example
 * installerNetworkFiles(hostNamed("supervisor-1")); // { "etc/systemd/network/70-installer-box-network.network": "[Match]…" }
 */
export function installerNetworkFiles(host: LabHost): Readonly<Record<string, string>> {
  const gateway = defaultGatewayOf(host);
  const files = networksOf(host).map((network) => {
    const via = gateway?.network === network ? gateway.address : undefined;
    return [`etc/systemd/network/70-installer-${network}.network`, networkFile(host, network, via)] as const;
  });
  return Object.fromEntries(files);
}

/** Where a host sends what is for none of its networks, and on which of them that is. */
export interface DefaultGateway {
  readonly network: NetworkName;
  readonly address: string;
}

/**
 * The default route of a host: the box leaves by the address of the NAT gateways, and what stands between by that of the
 * web servers. These, and the client, are on the public network itself and are given none: nothing behind it is the box's
 * business, and so they have no route into the box network either.
 */
export function defaultGatewayOf({ addresses }: LabHost): DefaultGateway | undefined {
  if (addresses["public-network"] !== undefined) return undefined;
  return addresses["gateway-network"] === undefined
    ? { network: "box-network", address: "192.168.1.254" }
    : { network: "gateway-network", address: "192.168.2.254" };
}

/** IPv6 is left at networkd's default: a link-local address, as on any machine. */
function networkFile(host: LabHost, network: NetworkName, gateway: string | undefined): string {
  const lines = [
    "# Written when this host was installed.",
    "[Match]",
    `Name=${network}`,
    "",
    "[Network]",
    "DHCP=no",
    "IPv6AcceptRA=no",
    `Address=${host.addresses[network]}/${NETWORKS[network].length}`,
    ...(gateway === undefined ? [] : [`Gateway=${gateway}`]),
  ];
  return `${lines.join("\n")}\n`;
}
