import { readBox, writtenBox, type Box } from "../../box/index.ts";

/** A box as another stack gets it. */
export function exported(box: Box): Box {
  return readBox(JSON.parse(JSON.stringify(writtenBox(box))));
}
