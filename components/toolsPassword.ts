import type * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";

/** Passwords apart from the boxes: a box is plain data that a stack exports. */
const kept = new WeakMap<Box, pulumi.Input<string>>();

/** Keeps the password of a box's tools, a secret, for its `Tools`. */
export function keepToolsPassword(box: Box, password: pulumi.Input<string>): void {
  kept.set(box, password);
}

/** The password of a box's tools, where it came with the box. */
export function toolsPasswordOf(box: Box): pulumi.Input<string> | undefined {
  return kept.get(box);
}
