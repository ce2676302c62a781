import { pathOf, type Violation } from "../../violations.ts";
import type { Draft } from "../../draft.ts";
import { urlFault } from "../containerRuntime/urls.ts";

const section = "aptRepositories";

/** A repository is asked over http or https, and nobody's password stands in the state. */
export function* urlsOfRepositories(draft: Draft): Generator<Violation> {
  for (const [name, { url }] of draft.aptRepositories) {
    const message = url === undefined ? undefined : urlFault(url, "https://apt.example.org/debian");
    if (message !== undefined) yield { path: pathOf(section, name, "url"), message };
  }
}

/** Components and suite are of one form of repository (sources.list(5)). */
export function* componentsOfSuites(draft: Draft): Generator<Violation> {
  for (const [name, { suite, components }] of draft.aptRepositories) {
    if (suite === undefined || components === undefined) continue;
    const path = pathOf(section, name, "components");
    if (suite.endsWith("/") && components.length > 0)
      yield {
        path,
        message: `a repository without components has the suite "${suite}": leave them out, or write a suite without a slash at its end`,
      };
    if (!suite.endsWith("/") && components.length === 0 && !draft.refused.has(path))
      yield { path, message: `is missing: the suite "${suite}" has components, [main] for example` };
  }
}

/** One source under two names would have two keys, and apt then reads none at all. */
export function* repositoriesTwice(draft: Draft): Generator<Violation> {
  const first = new Map<string, string>();
  for (const [name, { url, suite }] of draft.aptRepositories) {
    if (url === undefined || suite === undefined) continue;
    const place = `${url.replace(/\/+$/, "")} ${suite}`;
    const other = first.get(place);
    if (other === undefined) first.set(place, name);
    else
      yield { path: pathOf(section, name), message: `is ${other} once more: write one of them, with all components` };
  }
}

/** A repository that no program takes a package from comes on no host. */
export function* unusedRepositories(draft: Draft): Generator<Violation> {
  for (const name of draft.aptRepositories.keys())
    if (!draft.used.aptRepositories.has(name))
      yield {
        path: pathOf(section, name),
        message: "no program takes packages from it, so no host gets it: name it where it is meant, or leave it out",
      };
}
