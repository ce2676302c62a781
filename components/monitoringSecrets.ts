import type * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";

/**
 * What monitoring sends with, by name: `RECEIVER.webhook` (password or token), `RECEIVER.email` (password), `RECEIVER.slack`
 * (URL), and `remoteWrite`. Which there are is known at preview.
 */
export type MonitoringSecrets = Readonly<Record<string, pulumi.Input<string>>>;

/** Secrets apart from the boxes: a box is plain data that a stack exports. */
const kept = new WeakMap<Box, MonitoringSecrets>();

/** Keeps what a box's monitoring sends with, for its `Monitoring`. */
export function keepMonitoringSecrets(box: Box, secrets: MonitoringSecrets): void {
  kept.set(box, secrets);
}

/** What a box's monitoring sends with, where it came with the box. */
export function monitoringSecretsOf(box: Box): MonitoringSecrets {
  return kept.get(box) ?? {};
}
