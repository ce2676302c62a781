/**
 * Answers to tracked connections whose port here is, by chance, a declared one: a pod's that kube-proxy or the pod network
 * masquerades to such a source port, or one that a program of the host begins from there. They must not go past connection
 * tracking, or nobody knows whom they are for.
 *
 * Before tracking nothing but a set can tell them from what clients send to HAProxy. What leaves is remembered, as it
 * looks on the wire: what has asked (`asked`: of what comes back only SYN-ACK and RST count as an answer), and what was answered
 * (`translated`: everything does). So nobody outside can add anything, and a pod that asks where a client of HAProxy has its
 * port takes nothing away from that client, who answers no SYN.
 *
 * A connection is remembered for as long as the kernel tracks it: five days where it is established, and six minutes where
 * what the kernel has left for it is five at most (it closes, or waits for a confirmation).
 */

/** Chains of these rules. */
export const answerChains = [
  "to_declared",
  "from_declared",
  "remember_answer",
  "after_snat",
  "remember_question",
] as const;

const families = [
  { ip: "ip", type: "ipv4_addr", suffix: "4" },
  { ip: "ip6", type: "ipv6_addr", suffix: "6" },
] as const;

/** One connection: this host's end, then the other one. */
const incoming = (ip: string): string => `${ip} daddr . tcp dport . ${ip} saddr . tcp sport`;
const outgoing = (ip: string): string => `${ip} saddr . tcp sport . ${ip} daddr . tcp dport`;

/** The sets. A reload keeps what is in them: see `borderBase`. */
export function answerSets(): string {
  return families
    .flatMap(({ type, suffix }) => [`asked${suffix}`, `translated${suffix}`].map((name) => ({ name, type })))
    .map(
      ({ name, type }) => `    set ${name} {
        type ${type} . inet_service . ${type} . inet_service
        size 65536
        flags dynamic,timeout
    }
`,
    )
    .join("\n");
}

/** The rules, for `define gateway` and the set `declared_ports`. */
export function answerRules(): string {
  return `    # Clients' packets to declared ports go past connection tracking, and answers to tracked connections do not.
    chain to_declared {
${rules(({ ip, suffix }) => [`${incoming(ip)} @translated${suffix} return`, `tcp flags & (syn | ack) == syn | ack ${incoming(ip)} @asked${suffix} return`, `tcp flags & rst == rst ${incoming(ip)} @asked${suffix} return`])}        notrack
    }

    # HAProxy's answers go past it as well. A SYN alone is none: with it a program of this host begins a connection.
    chain from_declared {
        tcp flags & (syn | ack) == syn return
${rules(({ ip, suffix }) => [`${outgoing(ip)} @translated${suffix} return`])}        notrack
    }

    chain remember_answer {
${rules(({ ip, suffix }) => remembered(incoming(ip), suffix))}    }

    # After the source addresses are translated.
    chain after_snat {
        type filter hook postrouting priority srcnat + 10; policy accept;
        oifname $gateway tcp sport @declared_ports ct direction original jump remember_question
    }

    chain remember_question {
${rules(({ ip, suffix }) => [`ct state new update @asked${suffix} { ${outgoing(ip)} timeout 2m }`, ...remembered(outgoing(ip), suffix)])}    }
`;
}

function remembered(connection: string, suffix: string): string[] {
  return [
    `ct state established ct expiration > 5m update @translated${suffix} { ${connection} timeout 5d }`,
    `ct state established ct expiration <= 5m update @translated${suffix} { ${connection} timeout 6m }`,
  ];
}

function rules(of: (family: (typeof families)[number]) => readonly string[]): string {
  return families
    .flatMap(of)
    .map((rule) => `        ${rule}\n`)
    .join("");
}
