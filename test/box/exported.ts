import { boxOutput, readBox, type Box } from "../../box/index.ts";

/** A box as another stack gets it. */
export function exported(box: Box): Box {
  return readBox(boxOutput(box));
}
