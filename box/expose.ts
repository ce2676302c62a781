import { draftOfBox } from "./description.ts";
import type { Draft } from "./draft.ts";
import type { HaproxyOptionName } from "./haproxyVocabulary.ts";
import { leftOver } from "./leftOver.ts";
import { allMistakes, brokenRules } from "./mistakes.ts";
import type { Box, ExposedServiceSpec, GatewayMode, HealthCheck } from "./model.ts";
import type { LocationDirective } from "./nginxVocabulary.ts";
import { resolveApp } from "./resolve/apps.ts";
import { resolveServiceRoute, resolveWebRoute } from "./resolve/routes.ts";
import { partialConfiguration, type PartialConfiguration } from "./schema/configuration.ts";
import { BoxError, isWithin, pathOf, type PathStep, type Violation } from "./violations.ts";
import { gatewayWays, webWays } from "./ways.ts";

/** The workload behind a service, brought by the stack that exposes it: an entry of `apps`. */
export interface AppDeclaration {
  /** NodePort, port on the gateways and port of the upstream in one, 30000–32767; nothing else of the box has it. */
  readonly port: number;
  /** Namespace of its pods, and of the Service that exposes them. */
  readonly namespace: string;
  /** Labels of its pods. Default `{ app: NAME }`. */
  readonly selector?: Readonly<Record<string, string>>;
  /** Port of the pods, a number or a name. Default: the same as `servicePort`. */
  readonly targetPort?: number | string;
  /** Port of the Service inside the cluster. Default 80. */
  readonly servicePort?: number;
}

/** An nginx directive with one value, or repeated once per entry. */
export type ParamDeclaration =
  | { readonly type?: "single"; readonly values: string | number }
  | { readonly type: "repeat"; readonly values: Readonly<Record<string, string | number>> };

/**
 * A service that is exposed from another stack: an entry of `services` in the words of the stack file, with its app
 * written out where the stack file names one.
 */
export interface ServiceDeclaration {
  readonly app: AppDeclaration;
  /** `http` (default): HAProxy reads the requests. `tcp`: it passes bytes on as they are. */
  readonly mode?: GatewayMode;
  /** HAProxy's balance algorithm. Default `roundrobin`. */
  readonly balance?: string;
  /** Options of HAProxy, for example `httplog`. */
  readonly options?: readonly HaproxyOptionName[];
  /** How HAProxy finds out that a server is well. Default: a TCP connect every 2000 ms, `fall` 3, `rise` 2. */
  readonly check?: Partial<HealthCheck>;
  /** The location on the web servers. */
  readonly web?: {
    /** Begins and ends with a slash. Default `/NAME/`. */
    readonly location?: string;
    /** Directives of nginx inside the location. */
    readonly params?: Readonly<Partial<Record<LocationDirective, ParamDeclaration>>>;
    /** Whether WebSocket upgrades are passed on. Default `false`. */
    readonly websocket?: boolean;
  };
}

/**
 * Makes a service out of a few words, on a box that another stack has made. Every rule of the stack file is checked
 * against the whole box, so a port or a location that is taken is told here and not on a host. What other stacks expose
 * the box does not know: there the cluster and the hosts refuse what is taken, when it is applied.
 *
 * @param box as its stack exports it
 * @param name of the service and of its app; new on the box
 * @throws BoxError with all mistakes at once, or because `box` is none.
 * @example
 * const service = exposeService(box, "wiki", { app: { port: 30170, namespace: "wiki", targetPort: 8080 } });
 * service.web.location; // "/wiki/"
 */
export function exposeService(box: Box, name: string, declaration: ServiceDeclaration): ExposedServiceSpec {
  const own = draftOfBox(box);
  const path = pathOf("services", name);
  const subject = `Service "${name}" on box "${box.name}"`;
  const notPlain = [...notPlainData(declaration, [path])];
  if (notPlain.length > 0) throw new BoxError(subject, notPlain);

  const written = sectionsOf(name, declaration);
  const draft = withService(own, name, leftOver(written));
  const issues = partialConfiguration.safeParse(written).error?.issues ?? [];
  const taken = takenNames(own, name);
  // With two of one name nothing could be said about either.
  const broken = taken.length > 0 ? taken : brokenRules(draft);
  const violations = placed(allMistakes(written, issues, broken), name);
  if (violations.length > 0) throw new BoxError(subject, violations);
  return resolved(draft, name);
}

/** The declaration as the stack file would have it: the app apart from the service. */
function sectionsOf(name: string, declaration: unknown): Readonly<Record<string, unknown>> {
  if (typeof declaration !== "object" || declaration === null) return { services: { [name]: declaration } };
  const { app, ...service } = declaration as Readonly<Record<string, unknown>>;
  return { apps: { [name]: app }, services: { [name]: service } };
}

/** The box and behind all that it has what could be read of the new service. */
function withService(box: Draft, name: string, { apps, services }: PartialConfiguration): Draft {
  return {
    ...box,
    apps: new Map([...box.apps, ...Object.entries(apps)]),
    services: new Map([...box.services, ...Object.entries(services)]),
    declared: { ...box.declared, apps: new Set([...(box.declared.apps ?? []), name]) },
  };
}

/** In one file a name could not be written twice. */
function takenNames({ services, apps, kubeGateways, webservers }: Draft, name: string): Violation[] {
  const holders = [
    services.has(name) && "a service",
    Object.hasOwn(kubeGateways.routes ?? {}, name) && "a route of kubeGateways",
    Object.hasOwn(webservers.routes ?? {}, name) && "a route of webservers",
    apps.has(name) && "an app",
  ].filter((holder) => holder !== false);
  if (holders.length === 0) return [];
  const message = `"${name}" is ${holders.join(" and ")} of the box already: choose another name`;
  return [{ path: pathOf("services", name), message }];
}

/**
 * The mistakes that are the new service's, by paths inside of its declaration. Others are the box's: its own stack has
 * checked it, by the rules of its own version.
 */
function placed(violations: readonly Violation[], name: string): Violation[] {
  const service = pathOf("services", name);
  const app = pathOf("apps", name);
  const own = violations.flatMap(({ path, message }) => {
    if (isWithin(path, service)) return [{ path, message }];
    return isWithin(path, app) ? [{ path: `${service}.app${path.slice(app.length)}`, message }] : [];
  });
  // A name that cannot be one is refused twice, as that of the service and as that of its app.
  return own.filter(
    ({ path, message }) =>
      path === service || !own.some((other) => other.path === service && other.message === message),
  );
}

function resolved(draft: Draft, name: string): ExposedServiceSpec {
  const app = draft.apps.get(name);
  const service = draft.services.get(name);
  const gateway = gatewayWays(draft).findLast((way) => way.name === name);
  const web = webWays(draft).findLast((way) => way.name === name);
  if (!app || !service || !gateway || !web) throw new Error(`"${name}" was not resolved; a rule is missing`);
  return {
    name,
    app: resolveApp(name, app),
    gateway: resolveServiceRoute(draft, gateway, service),
    web: resolveWebRoute(draft, web, service.web.websocket),
  };
}

/** What came from a program may be anything, a value that is not yet known (an Output) for one. */
function* notPlainData(value: unknown, path: readonly PathStep[]): Generator<Violation> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* notPlainData(item, [...path, index]);
  } else if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, item] of Object.entries(value)) yield* notPlainData(item, [...path, key]);
  } else if (value !== null && ["object", "function", "symbol", "bigint"].includes(typeof value)) {
    const message =
      "is not plain data: write the value itself; what is known only while it is deployed cannot be checked";
    yield { path: pathOf(...path), message };
  }
}
