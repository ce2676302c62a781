import { z } from "zod";
import { unknownKeys } from "./schema/closed.ts";
import { sections } from "./sections/index.ts";

type AnySection = (typeof sections)[number];

/** The name of a section. */
export type SectionName = AnySection["name"];

/** A sound configuration, every default filled in. */
export type Configuration = { readonly [One in AnySection as One["name"]]: z.output<One["schema"]> };

/** The names of all sections. */
export const sectionNames: readonly string[] = sections.map(({ name }) => name);

/** The documents' name of a section. */
function explainSection(section: string): string | undefined {
  return section === "vips" ? "write virtualIps, with an entry for each address" : undefined;
}

/** The schema of a stack's whole configuration. */
export const configurationSchema = z.strictObject(
  Object.fromEntries(sections.map(({ name, schema }) => [name, schema as z.ZodType])),
  { error: unknownKeys(sectionNames, explainSection) },
);
