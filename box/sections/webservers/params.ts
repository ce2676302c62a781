import { entriesOf, valuesOf, type Draft } from "../../draft.ts";
import { show } from "../../printable.ts";
import { claimIn, decodedVariableIn, directiveValueFault, originWideHeaders } from "../../nginxVocabulary.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { declaredWebRoutes, type DeclaredWebRoute } from "../../routes.ts";

/** One line has one value, and a line for each entry has entries. */
export function* formOfValues(draft: Draft): Generator<Violation> {
  for (const { params, paramsPath } of declaredWebRoutes(draft)) {
    for (const [directive, param] of entriesOf(params)) {
      const path = pathOf(paramsPath, directive, "values");
      // A type that is written and undefined could not be read: which form was meant is not known.
      const type = "type" in param ? param.type : "single";
      if (param.values === undefined || type === undefined) continue;
      const hasEntries = typeof param.values === "object";
      if (hasEntries && type === "single" && directive !== "proxy_pass") {
        yield {
          path,
          message: `is a mapping, but one line has one value: write "type: repeat" for a line for each entry`,
        };
      } else if (!hasEntries && type === "repeat") {
        const hint = `write a mapping, or leave "type: repeat" out for one line`;
        yield { path, message: `${show(param.values)} is one value, but each entry has a line of its own: ${hint}` };
      }
    }
  }
}

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
    const claim = claimIn(String(value));
    if (claim === undefined) continue;
    const { variable, header } = claim;
    const hint = edgeValues[header] ?? `nothing, or name ${header} under passHeaders`;
    yield { path, message: `${show(value)} passes on ${variable}, which a client can set to anything: write ${hint}` };
  }
}

/** What the web servers say of a request themselves. */
const edgeValues: Readonly<Record<string, string>> = {
  "x-real-ip": "$remote_addr",
  "x-forwarded-for": "$remote_addr",
  "x-forwarded-host": "$host",
  "x-forwarded-port": "$server_port",
  "x-forwarded-proto": "$scheme",
};

/** What nginx has decoded may hold line breaks: in a header, an answer or a request to the upstream these begin another. */
export function* decodedVariables(draft: Draft): Generator<Violation> {
  for (const { path, value, directive } of values(draft)) {
    // A rewrite encodes what it takes from the path.
    const variable = directive === "rewrite" ? undefined : decodedVariableIn(String(value));
    if (variable === undefined) continue;
    const message = `${show(value)} holds ${variable}, which nginx has decoded, line breaks included: write $request_uri`;
    yield { path, message };
  }
}

/** What concerns all that is served under one name is the web servers' to say, whatever a route lets through. */
export function* originWide(draft: Draft): Generator<Violation> {
  for (const { path, value, directive } of values(draft)) {
    if (directive !== "proxy_pass_header") continue;
    const header = originWideHeaders.find((one) => one.toLowerCase() === String(value).trim().toLowerCase());
    if (header === undefined) continue;
    const message = `${header} holds for every application under this name, and is the web servers' to set: leave it out`;
    yield { path, message };
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
  readonly directive: string;
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
      if (typeof param.values !== "object") yield { directive, path, value: param.values, isEntry: false };
      else {
        for (const [key, value] of valuesOf<string | number>(param.values)) {
          yield { directive, path: pathOf(path, key), value, isEntry: true, key };
        }
      }
    }
  }
}

/** A route passes requests to its own upstream, and to nothing else. */
export function* proxyPass(draft: Draft): Generator<Violation> {
  for (const route of declaredWebRoutes(draft)) {
    const param = route.params?.proxy_pass;
    if (param?.values === undefined) continue;
    const path = pathOf(route.paramsPath, "proxy_pass");
    if (typeof param.values === "object") {
      const upstream = route.upstream ?? "UPSTREAM";
      yield {
        path,
        message: `has several values, but a location passes to one upstream: write "values: http://${upstream}"`,
      };
    } else if (route.upstream !== undefined && !passesTo(String(param.values), route)) {
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
