import type * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";

/** Keys of certificates, apart from the boxes: a box is plain data that a stack exports. */
const keys = new WeakMap<Box, pulumi.Input<string>>();

/** Keeps the key of a box's certificate, a secret, for its `WebserverPool`. */
export function keepTlsPrivateKey(box: Box, key: pulumi.Input<string>): void {
  keys.set(box, key);
}

/** The key of a box's certificate, where it came with the box. */
export function tlsPrivateKeyOf(box: Box): pulumi.Input<string> | undefined {
  return keys.get(box);
}
