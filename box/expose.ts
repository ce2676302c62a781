import { check } from "./check.ts";
import type { HaproxyOptionName } from "./haproxyVocabulary.ts";
import type { Box, ExposedServiceSpec, GatewayMode, HealthCheck } from "./model.ts";
import type { LocationDirective } from "./nginxVocabulary.ts";
import { resolveService, routeContext } from "./resolveRoutes.ts";
import { notPlainData } from "./plainData.ts";
import { BoxError, isWithin, pathOf, type Violation } from "./violations.ts";
import { configurationOf } from "./written.ts";

type Sections = Readonly<Record<string, unknown>>;

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
  /** The location on the web servers. `false`: none, for what is not HTTP. */
  readonly web?:
    | false
    | {
        /** Begins and ends with a slash. Default `/NAME/`. */
        readonly location?: string;
        /** Directives of nginx inside the location. */
        readonly params?: Readonly<Partial<Record<LocationDirective, ParamDeclaration>>>;
        /** Whether WebSocket upgrades are passed on. Default `false`. */
        readonly websocket?: boolean;
        /** Request headers of clients that pass though they are claims, for example `Remote-User`. Default: none. */
        readonly passHeaders?: readonly string[];
      };
}

/**
 * Makes a service out of a few words, on a box that another stack has made. It is checked as if it stood in the box's stack
 * file, so a port or a location that is taken is reported here and not by a host. What other stacks expose the box does not
 * know: there the cluster and the hosts refuse what is taken, when it is applied.
 *
 * @param box as `readBox` or `parseBox` gives it
 * @param name of the service and of its app; new on the box
 * @throws BoxError with all violations at once, or because `box` is none.
 * @example
 * const service = exposeService(box, "wiki", { app: { port: 30170, namespace: "wiki", targetPort: 8080 } });
 * service.gateway.port; // 30170
 */
export function exposeService(box: Box, name: string, declaration: ServiceDeclaration): ExposedServiceSpec {
  const written = configurationOf(box);
  const subject = `Service "${name}" on box "${box.name}"`;
  const notPlain = [...notPlainData(declaration, ["services", name])];
  if (notPlain.length > 0) throw new BoxError(subject, notPlain);
  const taken = takenNames(box, name);
  const checked = check(withService(written, name, declaration), { readFile: () => undefined });
  // With two of one name nothing could be said about either.
  const violations = taken.length > 0 ? taken : placed(checked.violations, name);
  if (violations.length > 0) throw new BoxError(subject, violations);
  const { draft, configuration } = checked;
  const service = configuration?.services[name];
  if (!configuration || !service) throw new Error(`"${name}" was not resolved; a rule is missing`);
  return resolveService(routeContext(draft), configuration, name, service);
}

/** The box's configuration, and behind all that it has the service as the stack file would have it: the app apart. */
function withService(written: Sections, name: string, declaration: unknown): Sections {
  const services = (service: unknown) => ({ ...(written["services"] as object | undefined), [name]: service });
  if (typeof declaration !== "object" || declaration === null) return { ...written, services: services(declaration) };
  const { app, ...service } = declaration as Sections;
  const apps = { ...(written["apps"] as object | undefined), [name]: app };
  return { ...written, apps, services: services(service) };
}

/** In one file a name could not be written twice. */
function takenNames({ services, apps, kubeGateways, webservers }: Box, name: string): Violation[] {
  const named = (entries: readonly { readonly name: string }[]) => entries.some((entry) => entry.name === name);
  const holders = [
    named(services) && "a service",
    named(kubeGateways?.routes ?? []) && "a route of kubeGateways",
    named(webservers?.routes ?? []) && "a route of webservers",
    Object.hasOwn(apps, name) && "an app",
  ].filter((holder) => holder !== false);
  if (holders.length === 0) return [];
  const message = `"${name}" is ${holders.join(" and ")} of the box already: choose another name`;
  return [{ path: pathOf("services", name), message }];
}

/**
 * The violations that are the new service's, by paths inside of its declaration. Others are the box's: its own stack has
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
