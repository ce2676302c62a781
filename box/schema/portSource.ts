import type { z } from "zod";
import { port, reference } from "./scalars.ts";

/** The two ways to say a port; a route has exactly one of them. */
export const portSource = {
  app: reference
    .optional()
    .describe("Name of the app whose port this is. One value in one place: prefer it to `port`."),
  port: port.optional().describe("The port itself, for what is not an app of the box."),
};

/** Refuses a mapping that has neither `app` nor `port`, or both. */
export function onePortSource(
  value: { readonly app?: string | undefined; readonly port?: number | undefined },
  context: z.core.$RefinementCtx,
): void {
  if (value.app === undefined && value.port === undefined) {
    context.addIssue({ code: "custom", message: "has no port: write app (its name) or port (a number)" });
  } else if (value.app !== undefined && value.port !== undefined) {
    const message = `has app "${value.app}" and port ${value.port}: a port has one source, keep app`;
    context.addIssue({ code: "custom", message });
  }
}
