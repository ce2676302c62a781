import { openPgpKeys } from "../../openPgp.ts";
import type { Section } from "../section.ts";
import { componentsOfSuites, repositoriesTwice, unusedRepositories, urlsOfRepositories } from "./rules.ts";
import { schema } from "./schema.ts";

/** A repository of Debian packages, beside those that a host knows of itself. */
export interface AptRepository {
  readonly name: string;
  /** Of http or https, without a slash at its end. */
  readonly url: string;
  /** A directory, with a slash at its end, where it has no components. */
  readonly suite: string;
  readonly components: readonly string[];
  /** The OpenPGP public key that its lists are signed with, in one block of ASCII armor. */
  readonly key: string;
}

/** Where packages come from that the distribution does not have. */
export const aptRepositories: Section<"aptRepositories", typeof schema> = {
  name: "aptRepositories",
  schema,
  entry: "apt repository",
  rules: [urlsOfRepositories, componentsOfSuites, repositoriesTwice],
  warnings: [unusedRepositories],
  resolve: ({ draft, configuration }) =>
    Object.fromEntries(
      Object.entries(configuration.aptRepositories).map(([name, { key, url, ...rest }]) => [
        name,
        { name, ...rest, url: url.replace(/\/+$/, ""), key: openPgpKeys(draft.openPgpKeys.get(key) ?? "") },
      ]),
    ),
};
