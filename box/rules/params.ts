import type { Draft } from "../draft.ts";
import { show } from "../explain.ts";
import { directiveValueFault } from "../nginxVocabulary.ts";
import { pathOf, type Violation } from "../violations.ts";
import { webWays, type WebWay } from "../ways.ts";

/** Values of directives stay inside of their directive. */
export function* directiveValues(draft: Draft): Generator<Violation> {
  for (const { params, paramsPath } of webWays(draft)) {
    for (const [directive, param] of Object.entries(params)) {
      const path = pathOf(paramsPath, directive, "values");
      if (typeof param.values !== "object") {
        yield* valueFault(path, param.values);
        continue;
      }
      for (const [key, value] of Object.entries(param.values)) {
        if (!/^[A-Za-z0-9_.$:/~^*@%+-]+$/.test(key)) {
          yield {
            path: pathOf(path, key),
            message: `"${key}" is not one plain word of nginx: quotes and blanks go into the value`,
          };
        }
        yield* valueFault(pathOf(path, key), value);
      }
    }
  }
}

function* valueFault(path: string, value: string | number): Generator<Violation> {
  const fault = directiveValueFault(String(value));
  if (fault !== undefined) yield { path, message: `${show(value)} cannot stand in a directive: ${fault}` };
}

/** A route passes requests to its own upstream, and to nothing else. */
export function* proxyPass(draft: Draft): Generator<Violation> {
  for (const way of webWays(draft)) {
    const param = way.params.proxy_pass;
    if (!param) continue;
    const path = pathOf(way.paramsPath, "proxy_pass");
    if (typeof param.values === "object") {
      yield {
        path,
        message: `has several values, but a location passes to one upstream: write "values: http://${way.stream}"`,
      };
    } else if (!passesTo(String(param.values), way)) {
      const message =
        `${show(param.values)} does not lead to the route's own upstream: write http://${way.stream}, ` +
        `or http://${way.stream}/ to strip ${way.location} from the path`;
      yield { path: pathOf(path, "values"), message };
    }
  }
}

function passesTo(value: string, { stream }: WebWay): boolean {
  const own = `http://${stream}`;
  return value === own || (value.startsWith(`${own}/`) && !/\s/.test(value));
}
