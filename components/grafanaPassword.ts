import type * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";

/** Passwords apart from the boxes: a box is plain data that a stack exports. */
const kept = new WeakMap<Box, pulumi.Input<string>>();

/** Keeps the password of Grafana's user `admin`, a secret, for the `Grafana` of a box. */
export function keepGrafanaPassword(box: Box, password: pulumi.Input<string>): void {
  kept.set(box, password);
}

/** The password of Grafana's user `admin`, where it came with the box. */
export function grafanaPasswordOf(box: Box): pulumi.Input<string> | undefined {
  return kept.get(box);
}
