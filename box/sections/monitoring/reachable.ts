import { isOn, membersOf, type Draft } from "../../draft.ts";
import { configuredHosts } from "../../reach.ts";
import type { Violation } from "../../violations.ts";

/** Every configured host is asked on a network that monitoring is on as well. */
export function* reachableByMonitoring(draft: Draft): Generator<Violation> {
  const { pool, networks } = draft.monitoring;
  if (pool === undefined || networks === undefined || networks.includes(undefined)) return;
  const path = "monitoring.networks";
  const asked = (host: string) => networks.find((one) => isOn(draft, host, one));
  const hosts = configuredHosts(draft);
  const apart = hosts.filter((host) => asked(host) === undefined);
  if (apart.length > 0)
    yield { path, message: `${listed(apart)} on none of ${networks.join(", ")}: add a network where they are` };
  for (const network of draft.pools.has(pool) ? networks : []) {
    const lonely = hosts.filter((host) => asked(host) === network);
    if (lonely.length === 0 || membersOf(draft, pool).some((member) => isOn(draft, member, network))) continue;
    const message = `${listed(lonely)} asked on ${network}, where no host of ${pool} is: name another network first`;
    yield { path, message };
  }
}

/** "a is", "a and b are", "a, b, c and 4 more are" */
export function listed(hosts: readonly string[]): string {
  const [first = "", ...others] = hosts;
  if (others.length === 0) return `${first} is`;
  if (hosts.length <= 3) return `${hosts.slice(0, -1).join(", ")} and ${hosts.at(-1) ?? ""} are`;
  return `${hosts.slice(0, 3).join(", ")} and ${hosts.length - 3} more are`;
}
