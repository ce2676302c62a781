import { withOneOf } from "./editorHints.ts";
import { referenceTo } from "./references.ts";
import { port } from "./scalars.ts";

/** For editors; a preview has a rule (`portSourceFault`). */
export const onePortSource = {
  oneOf: withOneOf("app", "port"),
  errorMessage: "Write app (its name) or port (a number), one of the two.",
};

/** The two ways to say a port; a route has exactly one of them. */
export const portSource = {
  app: referenceTo("apps")
    .optional()
    .describe("Name of the app whose port this is. One value in one place: prefer it to `port`."),
  port: port.optional().describe("The port itself, for what is not an app of the box."),
};
