/** How the hosts of a pool are changed. */
export interface Rollout {
  /** Hosts that are changed before all others, in this order. */
  readonly first: readonly string[];
  /** How many are changed at a time, behind the first one, which is changed alone. */
  readonly batch: number;
}
