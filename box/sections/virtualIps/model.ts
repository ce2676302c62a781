/** Virtual IPs, as the model has them. */

/**
 * An address that moves between the hosts of a pool, so that one healthy host has it at any time: one VRRP router
 * (RFC 5798, version 3) of keepalived.
 */
export interface VirtualIp {
  readonly name: string;
  readonly pool: string;
  /** The network that the address belongs to, and that the pool's hosts speak VRRP on. */
  readonly network: string;
  /** IPv4 or IPv6. */
  readonly address: string;
  /** Length of the network's prefix of that family, for example 24. */
  readonly prefixLength: number;
  /** 1–255, unique on the network and in its family: in RFC 5798 the "virtual router identifier". */
  readonly virtualRouterId: number;
  /** 2–254 for every host of the pool, all different; of the healthy hosts the one with the highest has the address. */
  readonly priorities: Readonly<Record<string, number>>;
  /** Whether a host with a higher priority takes the address back when it returns. */
  readonly preempt: boolean;
  /** Milliseconds between adverts, a multiple of 10. Three missed ones make the next host take over. */
  readonly advertIntervalMs: number;
  /**
   * The VIP of the same pool that this one moves with: one `vrrp_sync_group`. That VIP has no `syncGroup` itself, so a
   * group is the VIP that is named and all that name it.
   */
  readonly syncGroup?: string;
}
