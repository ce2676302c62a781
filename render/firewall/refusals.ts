/** Why packets are refused. Counters that mean the same have the names that those of the NAT gateways have. */

interface Refusal {
  readonly chain: string;
  readonly counter: string;
  readonly reason: string;
  /** What a line of the log begins with. */
  readonly prefix: string;
}

export const refusals: readonly Refusal[] = [
  {
    chain: "refuse_forged",
    counter: "forged",
    reason: "the route back to the sender leads elsewhere",
    prefix: "forged",
  },
  {
    chain: "refuse_ssh",
    counter: "closed_ssh",
    reason: "SSH where the operator does not come from",
    prefix: "SSH",
  },
  {
    chain: "refuse_input",
    counter: "refused_input",
    reason: "to this host, on a port that is not open",
    prefix: "to this host",
  },
  {
    chain: "refuse_greedy",
    counter: "refused_greedy",
    reason: "more new connections of one address than it may have",
    prefix: "too many connections",
  },
  {
    chain: "refuse_forward",
    counter: "refused_forward",
    reason: "to be forwarded, but not from where this host forwards",
    prefix: "to be forwarded",
  },
];

/**
 * The chain of a refusal. A limit of its own for each reason: a flood of one hides no other. What is sent to all on a network
 * is noise (discovery, names) and is counted only.
 */
export function refusal({ chain, counter, prefix }: Refusal): string {
  return `    chain ${chain} {
        meta pkttype { broadcast, multicast } counter name ${counter} drop
        limit rate 5/second burst 10 packets log prefix "gatebox firewall, ${prefix}: " flags ip options
        counter name ${counter} drop
    }
`;
}
