import * as pulumi from "@pulumi/pulumi";
import type { Before } from "../host/order.ts";

export type { Before } from "../host/order.ts";

type Resources = pulumi.Input<pulumi.Resource>[];

/** What a component must wait for: its children do not inherit `dependsOn`, so components hand it on. */
export function dependencies(opts: pulumi.ComponentResourceOptions | undefined): Before {
  return opts?.dependsOn ?? [];
}

/** What waits for all of `before`, and for `more` as well. */
export function and(before: Before, more: readonly pulumi.Input<pulumi.Resource>[]): Before {
  if (more.length === 0) return before;
  if (Array.isArray(before)) return [...before, ...more];
  if (pulumi.Resource.isInstance(before)) return [before, ...more];
  // An output or a promise, of one resource or of a list: resources are no values to look into.
  const later = pulumi.output(before as Promise<unknown>) as pulumi.Output<unknown>;
  return later.apply((found) => {
    const known = (found ?? []) as pulumi.Resource | Resources;
    return [...(Array.isArray(known) ? known : [known]), ...more] as pulumi.Resource[];
  });
}
