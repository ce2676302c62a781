import { itemsOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** No host name is served twice. */
export function* duplicateServerNames(draft: Draft): Generator<Violation> {
  const seen = new Set<string>();
  for (const [index, name] of itemsOf(draft.webservers.serverNames)) {
    if (seen.has(name))
      yield { path: pathOf("webservers", "serverNames", index), message: `"${name}" is listed already` };
    seen.add(name);
  }
}
