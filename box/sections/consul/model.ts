/** Consul, as the model has it. */

/** Consul's cluster. */
export interface Consul {
  /** The entry of `aptRepositories` that its package comes from. */
  readonly repository: string;
  readonly datacenter: string;
  /** The network that servers and agents speak on. */
  readonly network: string;
  /** The hosts that have a server, an odd number of them but for two. All other configured hosts of the network have an agent. */
  readonly servers: readonly string[];
  /** Port of its DNS, on 127.0.0.1. */
  readonly dnsPort: number;
  readonly snapshots: {
    /** When they are taken, as systemd has it. */
    readonly schedule: string;
    /** How many stay on each server. */
    readonly keep: number;
  };
}
