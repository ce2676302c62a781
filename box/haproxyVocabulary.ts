import type { GatewayMode } from "./model.ts";

/** In which section HAProxy takes an `option`, and the modes of a route that it works in. */
export interface HaproxyOption {
  readonly section: "frontend" | "backend";
  readonly modes: readonly GatewayMode[];
}

const anyMode = ["http", "tcp"] as const;
const httpOnly = ["http"] as const;

const options = {
  abortonclose: { section: "backend", modes: anyMode },
  allbackups: { section: "backend", modes: anyMode },
  contstats: { section: "frontend", modes: anyMode },
  "dontlog-normal": { section: "frontend", modes: anyMode },
  "http-buffer-request": { section: "backend", modes: httpOnly },
  "http-pretend-keepalive": { section: "backend", modes: httpOnly },
  "http-server-close": { section: "backend", modes: httpOnly },
  httpclose: { section: "backend", modes: httpOnly },
  httplog: { section: "frontend", modes: httpOnly },
  "log-health-checks": { section: "backend", modes: anyMode },
  "log-separate-errors": { section: "frontend", modes: anyMode },
  logasap: { section: "frontend", modes: anyMode },
  "prefer-last-server": { section: "backend", modes: httpOnly },
  tcplog: { section: "frontend", modes: anyMode },
} as const satisfies Record<string, HaproxyOption>;

/** The name of an `option` that a route may set. */
export type HaproxyOptionName = keyof typeof options;

/**
 * The `option`s that a route may set (HAProxy's configuration manual, "Proxy keywords matrix"). Left out on purpose:
 * `forwardfor`, which would add a second `X-Forwarded-For`; `httpchk`, which is declared with `check`; `redispatch` and
 * the like, which every route has.
 */
export const haproxyOptions: Readonly<Record<HaproxyOptionName, HaproxyOption>> = options;

/** The names of all options, for schemas. */
export const haproxyOptionNames = Object.keys(options) as [HaproxyOptionName, ...HaproxyOptionName[]];

// https://docs.haproxy.org/2.6/configuration.html#4.2-balance. The last three look into a request.
const balanceInAnyMode = /^(?:roundrobin|static-rr|leastconn|first|source|random(?:\([1-9]\d{0,2}\))?)$/;
const balanceByRequest =
  /^(?:uri(?: (?:whole|len [1-9]\d*|depth [1-9]\d*))*|url_param [A-Za-z0-9_.-]+|hdr\([A-Za-z0-9-]+\))$/;

/** Whether HAProxy knows the balance algorithm, in `mode tcp` too or in `mode http` only. */
export function balanceMode(algorithm: string): "any" | "http" | undefined {
  if (balanceInAnyMode.test(algorithm)) return "any";
  return balanceByRequest.test(algorithm) ? "http" : undefined;
}
