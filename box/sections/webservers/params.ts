import { entriesOf, valuesOf, type Draft } from "../../draft.ts";
import { show } from "../../printable.ts";
import { clientsClaim, directiveValueFault } from "../../nginxVocabulary.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { declaredWebRoutes, type DeclaredWebRoute } from "../../routes.ts";

/** Values of directives stay inside of their directive. */
export function* directiveValues(draft: Draft): Generator<Violation> {
  for (const { path, value, isEntry } of values(draft)) {
    // An empty entry clears a header; an empty directive is no directive.
    if (isEntry && value === "") continue;
    const fault = directiveValueFault(String(value));
    if (fault !== undefined) yield { path, message: `${show(value)} cannot stand in a directive: ${fault}` };
  }
}

/** The web servers are the first that a client speaks to, so nothing that it says about its origin passes. */
export function* trustedHeaders(draft: Draft): Generator<Violation> {
  for (const { path, value } of values(draft)) {
    const claim = clientsClaim.exec(String(value))?.[0];
    if (claim === undefined) continue;
    yield {
      path,
      message: `${show(value)} passes on ${claim}, which a client can set to anything: write $remote_addr`,
    };
  }
}

/** The keys of entries are plain words. */
export function* entryKeys(draft: Draft): Generator<Violation> {
  for (const { path, key } of values(draft)) {
    if (key === undefined || /^[^\s;{}"'#\\\p{Cc}]+$/u.test(key)) continue;
    yield { path, message: `${show(key)} is not one plain word of nginx: quotes and blanks go into the value` };
  }
}

interface ParamValue {
  readonly path: string;
  readonly value: string | number;
  readonly isEntry: boolean;
  /** The entry's key. */
  readonly key?: string;
}

function* values(draft: Draft): Generator<ParamValue> {
  for (const { params, paramsPath } of declaredWebRoutes(draft)) {
    for (const [directive, param] of entriesOf(params)) {
      const path = pathOf(paramsPath, directive, "values");
      if (param.values === undefined) continue;
      if (typeof param.values !== "object") yield { path, value: param.values, isEntry: false };
      else {
        for (const [key, value] of valuesOf<string | number>(param.values)) {
          yield { path: pathOf(path, key), value, isEntry: true, key };
        }
      }
    }
  }
}

/** A route passes requests to its own upstream, and to nothing else. */
export function* proxyPass(draft: Draft): Generator<Violation> {
  for (const route of declaredWebRoutes(draft)) {
    const param = route.params?.proxy_pass;
    if (param?.values === undefined || route.upstream === undefined) continue;
    const path = pathOf(route.paramsPath, "proxy_pass");
    if (typeof param.values === "object") {
      yield {
        path,
        message: `has several values, but a location passes to one upstream: write "values: http://${route.upstream}"`,
      };
    } else if (!passesTo(String(param.values), route)) {
      const message =
        `${show(param.values)} does not lead to the route's own upstream: write http://${route.upstream}, ` +
        `or http://${route.upstream}/ to strip ${route.location ?? "the location"} from the path`;
      yield { path: pathOf(path, "values"), message };
    }
  }
}

function passesTo(value: string, { upstream = "" }: DeclaredWebRoute): boolean {
  const own = `http://${upstream}`;
  return value === own || (value.startsWith(`${own}/`) && !/\s/.test(value));
}
