import { check, type Checked } from "./check.ts";
import type { SectionDeclaration } from "./declaration.ts";
import type { Box, GatewayRoute, WebserverRoute } from "./model.ts";
import { notPlainData } from "./plainData.ts";
import { resolveGatewayRoute, resolveWebRoute, routeContext } from "./resolveRoutes.ts";
import { BoxError, pathOf, type Violation } from "./violations.ts";
import { configurationOf } from "./written.ts";

/** A route of the gateways in the words of the stack file: an entry of `kubeGateways.routes`. */
export type GatewayRouteDeclaration = NonNullable<SectionDeclaration<"kubeGateways">["routes"]>[string];

/** A location of the web servers in the words of the stack file: an entry of `webservers.routes`. */
export type WebserverRouteDeclaration = NonNullable<SectionDeclaration<"webservers">["routes"]>[string];

/**
 * Makes a route of the gateways out of a declaration, on a box that this or another stack has made. It is checked as if it stood
 * in the box's stack file, behind what does.
 *
 * @param name of the route; new on the box
 * @throws BoxError with all violations at once.
 * @example
 * declareGatewayRoute(box, "postgres", { mode: "tcp", port: 30500, destination: { group: { name: "databases-pool" } } });
 */
export function declareGatewayRoute(box: Box, name: string, declaration: GatewayRouteDeclaration): GatewayRoute {
  const { draft, configuration } = withRoute(box, "kubeGateways", name, declaration);
  const route = configuration?.kubeGateways?.routes[name];
  if (route === undefined) throw new Error(`route "${name}" was not resolved; a rule is missing`);
  return resolveGatewayRoute(routeContext(draft), name, route);
}

/**
 * Makes a location of the web servers out of a declaration, like `declareGatewayRoute`.
 *
 * @throws BoxError with all violations at once.
 */
export function declareWebserverRoute(box: Box, name: string, declaration: WebserverRouteDeclaration): WebserverRoute {
  const { draft, configuration } = withRoute(box, "webservers", name, declaration);
  const route = configuration?.webservers?.routes[name];
  if (route === undefined) throw new Error(`route "${name}" was not resolved; a rule is missing`);
  return resolveWebRoute(draft, name, route);
}

/**
 * The box's configuration with one route more. Told is what is wrong because of it, wherever that shows: a port is taken for the
 * one that comes second in the file. What was wrong without it is the box's: its own stack has checked it, by the rules of its
 * own version.
 */
function withRoute(box: Box, section: "kubeGateways" | "webservers", name: string, declaration: object): Checked {
  const written = configurationOf(box);
  const subject = `Route "${name}" on box "${box.name}"`;
  const path = pathOf(section, "routes", name);
  const notPlain = [...notPlainData(declaration, [section, "routes", name])];
  if (notPlain.length > 0) throw new BoxError(subject, notPlain);
  const own = written[section] as { readonly routes?: object } | undefined;
  if (own === undefined) {
    throw new BoxError(subject, [{ path: section, message: "is missing in the box, so it has nowhere to be" }]);
  }
  if (own.routes !== undefined && Object.hasOwn(own.routes, name)) {
    throw new BoxError(subject, [{ path, message: `"${name}" is a route of the box already: choose another name` }]);
  }
  const values = { ...written, [section]: { ...own, routes: { ...own.routes, [name]: declaration } } };
  const surroundings = { readFile: () => undefined };
  const checked = check(values, surroundings);
  const before = new Set(check(written, surroundings).violations.map(line));
  const violations = checked.violations.filter((violation) => !before.has(line(violation)));
  if (violations.length > 0) throw new BoxError(subject, violations);
  return checked;
}

const line = ({ path, message }: Violation): string => `${path}: ${message}`;
