import * as model from "../box/index.ts";
import type { Box } from "../box/index.ts";
import { orRunError } from "./runError.ts";

/**
 * Reads a box that another stack has made, for the components and for `exposeService`. It is checked by the same rules as
 * its own stack's configuration.
 *
 * @param output output `box` of the box's stack, as `getOutputDetails` gives it
 * @throws pulumi.RunError when it is no box, or breaks rules of this version.
 * @example
 * const gatebox = new pulumi.StackReference("organization/gatebox/protobox");
 * const box = readBox((await gatebox.getOutputDetails("box")).value);
 */
export function readBox(output: unknown): Box {
  return orRunError(() => model.readBox(output));
}
