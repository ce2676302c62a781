/** In which section HAProxy takes an `option`, and whether it only works in `mode http`. */
export interface HaproxyOption {
  readonly section: "frontend" | "backend";
  readonly httpOnly: boolean;
}

/**
 * The `option`s that a route may set (HAProxy's configuration manual, "Proxy keywords matrix"). Left out on purpose:
 * `forwardfor`, which would add a second `X-Forwarded-For`; `httpchk`, which is declared with `check`; `redispatch` and
 * the like, which every route has.
 */
export const haproxyOptions = {
  abortonclose: { section: "backend", httpOnly: false },
  allbackups: { section: "backend", httpOnly: false },
  contstats: { section: "frontend", httpOnly: false },
  "dontlog-normal": { section: "frontend", httpOnly: false },
  "http-buffer-request": { section: "backend", httpOnly: true },
  "http-pretend-keepalive": { section: "backend", httpOnly: true },
  "http-server-close": { section: "backend", httpOnly: true },
  httpclose: { section: "backend", httpOnly: true },
  httplog: { section: "frontend", httpOnly: true },
  "log-health-checks": { section: "backend", httpOnly: false },
  "log-separate-errors": { section: "frontend", httpOnly: false },
  logasap: { section: "frontend", httpOnly: false },
  "prefer-last-server": { section: "backend", httpOnly: true },
  tcplog: { section: "frontend", httpOnly: false },
} as const satisfies Record<string, HaproxyOption>;

/** The name of an `option` that a route may set. */
export type HaproxyOptionName = keyof typeof haproxyOptions;

/** The names of all options, for schemas. */
export const haproxyOptionNames = Object.keys(haproxyOptions) as [HaproxyOptionName, ...HaproxyOptionName[]];

// HAProxy's configuration manual, "balance". The last three look into a request, and so need `mode http`.
const balanceInAnyMode = /^(?:roundrobin|static-rr|leastconn|first|source|random(?:\([1-9]\d{0,2}\))?)$/;
const balanceByRequest =
  /^(?:uri(?: (?:whole|len [1-9]\d*|depth [1-9]\d*))*|url_param [A-Za-z0-9_.-]+|hdr\([A-Za-z0-9-]+\))$/;

/** Whether HAProxy knows the balance algorithm, in `mode tcp` too or in `mode http` only. */
export function balanceMode(algorithm: string): "any" | "http" | undefined {
  if (balanceInAnyMode.test(algorithm)) return "any";
  return balanceByRequest.test(algorithm) ? "http" : undefined;
}
