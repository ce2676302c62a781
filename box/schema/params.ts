import { z } from "zod";
import { locationDirectives } from "../nginxVocabulary.ts";
import { closed, unknownKeys } from "./closed.ts";

const scalar = z.union([z.string(), z.number()], { error: "is neither a text nor a number" });

const missingValues = "is missing: write what follows the directive's name";

const noValues = "This value is neither a text, a number nor a mapping.";
const notSingle = "This value is neither a text nor a number: for entries write type: repeat.";

// The two forms are one schema, for in a union a type that cannot be read would hide what is wrong with the values. That the
// form fits the type is a rule (`formOfValues`); editors, which know no rules, get it as a condition.
const parameter = closed({
  type: z
    .enum(["single", "repeat"])
    .optional()
    .describe("`single`: one line (default). `repeat`: one line for each entry, `DIRECTIVE KEY VALUE;`."),
  values: z
    .union([z.string(), z.number(), z.record(z.string(), scalar)], {
      error: ({ input }) => (input === undefined ? missingValues : "is neither a text, a number nor a mapping"),
    })
    .meta({ errorMessage: noValues })
    .describe(
      "What follows the directive's name, as nginx takes it. With `type: repeat` entries, for example header names and " +
        "their values.",
    ),
}).meta({
  if: { required: ["type"], properties: { type: { const: "repeat" } } },
  then: { properties: { values: { type: "object" } } },
  else: { properties: { values: { oneOf: [{ type: "string" }, { type: "number" }], errorMessage: notSingle } } },
});

/** Key `params` of a location: directives of nginx by name. */
export const params = z
  .partialRecord(z.enum(locationDirectives), parameter, { error: unknownKeys(locationDirectives) })
  .default({})
  .describe(
    "Directives of nginx inside the location. Without `proxy_pass` requests go to the route's upstream and lose the " +
      "location in front: `/argocd/login` arrives as `/login`. Proxy headers are added to the web servers' own.",
  );
