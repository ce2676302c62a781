import { membersOf, type Draft, type VirtualIpDraft } from "../../draft.ts";
import { pathOf } from "../../violations.ts";

/** Where the load balancer of the API stands, as far as it could be read. */
export interface Place {
  /** The VIP's name, and what is said of it. */
  readonly virtualIp: string | undefined;
  readonly vip: VirtualIpDraft | undefined;
  /** The pool of the load balancers. */
  readonly pool: string | undefined;
  readonly network: string | undefined;
  /** The pool of the masters, and where it is said. */
  readonly masters: string | undefined;
  readonly mastersPath: string;
}

/** Pool and network are the VIP's; the masters are its pool where the section names none. */
export function placeOf(draft: Draft): Place {
  const { virtualIp, masters } = draft.controlPlane;
  const vip = virtualIp === undefined ? undefined : draft.virtualIps.get(virtualIp);
  const own = "masters" in draft.controlPlane;
  return {
    virtualIp,
    vip,
    pool: vip?.pool,
    network: vip?.network,
    masters: own ? masters : vip?.pool,
    mastersPath: own ? pathOf("controlPlane", "masters") : pathOf("virtualIps", virtualIp ?? "", "pool"),
  };
}

/** The masters, if every one of the pool is known; a host that is misspelt is reported by itself. */
export function mastersOf(draft: Draft): readonly string[] | undefined {
  const { masters } = placeOf(draft);
  const declared = masters === undefined ? undefined : draft.pools.get(masters);
  if (declared === undefined) return undefined;
  const known = membersOf(draft, masters);
  return new Set(declared).size === known.length ? known : undefined;
}
