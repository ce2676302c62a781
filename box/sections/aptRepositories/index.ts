import { openPgpKeys } from "../../openPgp.ts";
import type { Section } from "../section.ts";
import { componentsOfSuites, repositoriesTwice, unusedRepositories, urlsOfRepositories } from "./rules.ts";
import { schema } from "./schema.ts";

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
