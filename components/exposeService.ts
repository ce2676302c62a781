import * as model from "../box/index.ts";
import type { Box, ExposedServiceSpec, ServiceDeclaration } from "../box/index.ts";
import { orRunError } from "./runError.ts";

/**
 * Makes the service that an `ExposedService` takes, on a box that another stack has made, out of a few words. It is
 * checked as if it stood in the box's stack file, at preview and before anything is touched.
 *
 * @param box as `readBox` gives it
 * @param name of the service and of its app; new on the box
 * @throws pulumi.RunError with every violation in one message.
 * @example
 * exposeService(box, "wiki", { app: { port: 30170, namespace: "wiki", targetPort: 8080 }, options: ["httplog"] });
 */
export function exposeService(box: Box, name: string, declaration: ServiceDeclaration): ExposedServiceSpec {
  return orRunError(() => model.exposeService(box, name, declaration));
}
