/** What a host's kernel has: rules, settings, addresses, routes. Read to be compared before and after something is done. */
import type { Lab } from "../../lab/state.ts";
import { onHost, runOnHost } from "./world.ts";

/** Prints the names of Gatebox' own tables. Those of tests that trace or break something come and go. */
const OWN_TABLES =
  "nft list tables | sed -n 's/^table \\(inet gatebox_.*\\)/\\1/p' | grep -vE 'gatebox_(test|fault)' | sort";

/** The rules of Gatebox' own tables, without what they have counted and what they remember of connections. */
export function ownRules(lab: Lab, host: string): Promise<string> {
  return runOnHost(lab, host, "own-rules.sh");
}

/**
 * The rules of all other software, as nftables lists them (where it is installed) and as iptables does, without what they
 * have counted. The number that the kernel gave to each table is part of it: whoever empties all and fills it anew
 * changes that.
 */
export function foreignRules(lab: Lab, host: string): Promise<string> {
  return runOnHost(lab, host, "foreign-rules.sh");
}

/** What each counter of Gatebox' own tables stands at, in the order in which nftables lists them. */
export async function counters(lab: Lab, host: string): Promise<readonly number[]> {
  const listed = await onHost(lab, host, `${OWN_TABLES} | while read -r table; do nft list table $table; done`);
  return [...listed.matchAll(/packets (\d+) bytes/g)].map(([, packets]) => Number(packets));
}

/** What a boot must bring back. */
export interface HostState {
  readonly rules: string;
  /** The settings that the host's units write, as the kernel has them. */
  readonly settings: string;
  /** IPv4 addresses by interface, without those that move and those of pods: their bridge comes with the first pod. */
  readonly addresses: string;
  readonly routes: string;
}

/** Reads all of it. */
export async function stateOf(lab: Lab, host: string): Promise<HostState> {
  const moving = await onHost(lab, host, "cat /etc/gatebox/vip/keepalived/vips/*.address 2>/dev/null || true");
  const addresses = await onHost(lab, host, "ip -4 -o address | awk '$2 != \"pods\" { print $2, $4 }' | sort");
  return {
    rules: await ownRules(lab, host),
    settings: await runOnHost(lab, host, "sysctls.sh"),
    addresses: addresses
      .split("\n")
      .filter((line) => !moving.includes(` ${line.split(" ")[1]} `))
      .join("\n"),
    routes: await onHost(lab, host, "ip -4 route | grep -v ' dev pods ' | sed 's/ *$//' | sort"),
  };
}
