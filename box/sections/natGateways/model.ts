/** The egress of networks, as the model has it. */
import type { OpenPort } from "../../model.ts";

/** The address that connections leave a NAT gateway with. */
export interface SnatAddress {
  readonly address: string;
  /** The VIP that it is; absent for a lone gateway's own address. */
  readonly virtualIp?: string;
}

/** The egress of a network: what comes from `input` leaves on `output` with `snatAddress`. */
export interface NatGateway {
  readonly name: string;
  readonly pool: string;
  /** The network whose hosts are translated. */
  readonly input: string;
  /** The network that their connections leave on. */
  readonly output: string;
  readonly snatAddress: SnatAddress;
  readonly openPorts: readonly OpenPort[];
  /**
   * Connections that a gateway keeps track of at most: `nf_conntrack_max`. As many buckets has the kernel's table
   * (`nf_conntrack_buckets`, so that each holds one connection on the average); conntrackd, which knows those of the others
   * too, takes twice as many (`HashLimit`) in an eighth of the buckets (`HashSize`).
   */
  readonly conntrackMax: number;
  /** Connections that one address of `input` may have through it at most. */
  readonly conntrackPerSource: number;
}
