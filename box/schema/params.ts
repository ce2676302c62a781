import { z } from "zod";
import { locationDirectives } from "../nginxVocabulary.ts";
import { closed, unknownKeys } from "./closed.ts";

const scalar = z.union([z.string(), z.number()], { error: "is neither a text nor a number" });

const single = closed({
  type: z.literal("single").optional().describe("One line (default)."),
  values: scalar.describe("What follows the directive's name, as nginx takes it."),
});

const repeat = closed({
  type: z.literal("repeat").describe("One line for each entry: `DIRECTIVE KEY VALUE;`."),
  values: z.record(z.string(), scalar).describe("Entries, for example header names and their values."),
});

/** Key `params` of a location: directives of nginx by name. */
export const params = z
  .partialRecord(
    z.enum(locationDirectives),
    z.discriminatedUnion("type", [single, repeat], {
      error: "is not a type of parameter: write repeat, or leave it out",
    }),
    { error: unknownKeys(locationDirectives) },
  )
  .default({})
  .describe(
    "Directives of nginx inside the location. Without `proxy_pass` requests go to the route's upstream and lose the " +
      "location in front: `/argocd/login` arrives as `/login`. Proxy headers are added to the web servers' own.",
  );
