import type * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";

/** Certificates of authorities apart from the boxes: a box is plain data, and they are made with its web servers. */
const kept = new WeakMap<Box, pulumi.Output<string>>();

/** Keeps the certificate of the authority that has signed the web servers', for the box's `ContainerRuntime`. */
export function keepEdgeAuthority(box: Box, certificate: pulumi.Output<string>): void {
  kept.set(box, certificate);
}

/** The certificate of the authority that has signed the web servers' of a box, where the box has issued it. */
export function keptEdgeAuthority(box: Box): pulumi.Output<string> | undefined {
  return kept.get(box);
}
