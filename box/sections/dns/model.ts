/** The box's name servers, as the model has them. */

/** A name and its addresses. */
export interface DnsRecord {
  /** The whole name, without a dot at the end, in lower case. */
  readonly name: string;
  /** Its first label, where it is in the box's first domain: the short name by which hosts know it. */
  readonly short?: string;
  /** The host that it is; absent for names of services, VIPs and what the stack file lists. */
  readonly host?: string;
  /** IPv4 and IPv6, at least one. */
  readonly addresses: readonly string[];
}

/** An address for a machine that is known by its MAC. */
export interface Lease {
  readonly host: string;
  /** Lower case. */
  readonly macAddress: string;
  readonly address: string;
}

/** DHCP on one network. */
export interface DhcpNetwork {
  /** Addresses for machines that are not known. @default these get none */
  readonly range?: { readonly first: string; readonly last: string };
  readonly leases: readonly Lease[];
  /** Default gateway of the clients. @default none is told */
  readonly router?: string;
  readonly leaseMinutes: number;
}

/** The box's own name servers. */
export interface Dns {
  readonly pool: string;
  /** Networks that may ask. */
  readonly networks: readonly string[];
  /** Domains that nobody else is asked for. Hosts are in the first. */
  readonly domains: readonly string[];
  /** Every name that the box answers for, each once. */
  readonly records: readonly DnsRecord[];
  /** Servers for everything else: `ADDRESS` or `ADDRESS#PORT`. */
  readonly forwarders: readonly string[];
  /** Servers of some domains. */
  readonly forward: Readonly<Record<string, readonly string[]>>;
  /** Domains of which forwarders may say private addresses. */
  readonly allowPrivateAnswers: readonly string[];
  /** By network. */
  readonly dhcp: Readonly<Record<string, DhcpNetwork>>;
}
