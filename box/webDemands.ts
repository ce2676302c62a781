import { headerKey, isClaim, isSetByEdge } from "./clientClaims.ts";
import { valuesOf, type Draft } from "./draft.ts";
import { secondsOf } from "./nginxTime.ts";
import { declaredWebRoutes, type DeclaredWebRoute } from "./routes.ts";

/** What the locations that lead to a port of the gateways want of the route there. */
export interface WebDemands {
  readonly websocket: boolean;
  readonly passHeaders: readonly string[];
  /** Undefined where one waits as long as a WebSocket may be silent. */
  readonly answerSeconds: number | undefined;
}

/**
 * What the locations want of the gateways, by port: so that both tiers let the same through and wait in the right order. A port
 * that no location leads to is not there.
 */
export function webDemands(draft: Draft): ReadonlyMap<number, WebDemands> {
  const byPort = new Map<number, WebDemands>();
  for (const route of declaredWebRoutes(draft)) {
    if (route.port === undefined || route.group !== draft.kubeGateways.pool) continue;
    const own = demandsOf(draft, route);
    const other = byPort.get(route.port);
    byPort.set(route.port, other === undefined ? own : both(own, other));
  }
  return byPort;
}

function demandsOf(draft: Draft, route: DeclaredWebRoute): WebDemands {
  const readTimeout = route.params?.proxy_read_timeout?.values;
  const standard = route.websocket === true ? undefined : draft.limits.answerSeconds;
  const wanted = typeof readTimeout === "object" || readTimeout === undefined ? undefined : String(readTimeout);
  return {
    websocket: route.websocket === true || setHeaders(route).includes("upgrade"),
    passHeaders: [...(route.passHeaders ?? []), ...setHeaders(route)].filter(
      (name): name is string => name !== undefined && isClaim(name) && !isSetByEdge(name),
    ),
    answerSeconds: wanted === undefined ? standard : secondsOf(wanted),
  };
}

/** The headers that a location sets itself, as applications see their names. */
function setHeaders({ params }: DeclaredWebRoute): string[] {
  const values = params?.proxy_set_header?.values;
  if (typeof values === "object") return valuesOf<string | number>(values).map(([name]) => headerKey(name));
  const single = typeof values === "string" ? values.trim().split(" ")[0] : undefined;
  return single === undefined ? [] : [headerKey(single)];
}

function both(one: WebDemands, other: WebDemands): WebDemands {
  const seconds = [one.answerSeconds, other.answerSeconds].filter((each) => each !== undefined);
  return {
    websocket: one.websocket || other.websocket,
    passHeaders: [...one.passHeaders, ...other.passHeaders],
    answerSeconds: seconds.length === 2 ? Math.max(...seconds) : undefined,
  };
}
