/** How long `gatebox verify` waits, and for how many hosts at once. */
export const verifyLimits = {
  /** Milliseconds for the way to a host and its answer. */
  visit: 20_000,
  /** Seconds that a host may take to answer, on the host itself. */
  answerSeconds: 15,
  /** Milliseconds for the cluster to tell of its Services. */
  cluster: 10_000,
  /** Hosts that are asked at the same time: the keys of each connection cost this machine's processor some milliseconds. */
  atOnce: 32,
} as const;
