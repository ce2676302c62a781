import type { Draft } from "../../draft.ts";
import type { Violation } from "../../violations.ts";
import { declaredWebRoutes } from "../../routes.ts";

/** No two web routes share a location, whether they come from the route table or from services. */
export function* duplicateLocations(draft: Draft): Generator<Violation> {
  const holders = new Map<string, string>();
  for (const { location, locationPath, path } of declaredWebRoutes(draft)) {
    if (location === undefined) continue;
    const holder = holders.get(location);
    if (holder === undefined) holders.set(location, path);
    else yield { path: locationPath, message: `${location} is declared by ${holder} already: keep one` };
  }
}
