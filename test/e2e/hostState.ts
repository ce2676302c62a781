/** What a host's kernel has: rules, settings, addresses, routes. Read to be compared before and after something is done. */
import type { Lab } from "../../lab/state.ts";
import { onHost } from "./world.ts";

/** Prints the names of Gatebox' own tables. Those of tests that trace or break something come and go. */
const OWN_TABLES =
  "nft list tables | sed -n 's/^table \\(inet gatebox_.*\\)/\\1/p' | grep -vE 'gatebox_(test|fault)' | sort";

/** The rules of Gatebox' own tables, without what they have counted. */
export function ownRules(lab: Lab, host: string): Promise<string> {
  return onHost(lab, host, `${OWN_TABLES} | while read -r table; do nft -s list table $table; done`);
}

/**
 * The rules of everybody else, in nftables' words (where it is installed) and in those of iptables, without what they
 * have counted. The number that the kernel gave to each table is part of it: whoever empties all and fills it anew
 * changes that.
 */
export function othersRules(lab: Lab, host: string): Promise<string> {
  return onHost(
    lab,
    host,
    `if command -v nft >/dev/null; then
      nft -j list tables | grep -oE '"family": "[^"]*", "name": "[^"]*", "handle": [0-9]+' | grep -v gatebox_ | sort
      nft list tables | grep -v '^table inet gatebox_' | sort | while read -r _ table; do nft -s list table $table; done
    fi
    for save in iptables-save ip6tables-save; do
      ! command -v $save >/dev/null || $save | sed '/^#/d; s/ \\[[0-9:]*\\]$//'
    done`,
  );
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
  const settings = `cat /etc/gatebox/*/sysctl/*.conf 2>/dev/null | while read -r key _; do
      key=\${key#-}
      case $key in */*) ;; *) key=$(echo "$key" | tr . /) ;; esac
      echo "$key = $(cat "/proc/sys/$key" 2>/dev/null)"
    done`;
  const moving = await onHost(lab, host, "cat /etc/gatebox/vip/keepalived/vips/*.address 2>/dev/null || true");
  const addresses = await onHost(lab, host, "ip -4 -o address | awk '$2 != \"pods\" { print $2, $4 }' | sort");
  return {
    rules: await ownRules(lab, host),
    settings: await onHost(lab, host, settings),
    addresses: addresses
      .split("\n")
      .filter((line) => !moving.includes(` ${line.split(" ")[1]} `))
      .join("\n"),
    routes: await onHost(lab, host, "ip -4 route | grep -v ' dev pods ' | sed 's/ *$//' | sort"),
  };
}
