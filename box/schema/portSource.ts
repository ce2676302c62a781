import { referenceTo } from "./references.ts";
import { port } from "./scalars.ts";

/** The two ways to say a port; a route has exactly one of them. */
export const portSource = {
  app: referenceTo("apps")
    .optional()
    .describe("Name of the app whose port this is. One value in one place: prefer it to `port`."),
  port: port.optional().describe("The port itself, for what is not an app of the box."),
};
