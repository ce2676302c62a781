/**
 * What comes before what on hosts, in as few words as say it. Pulumi writes each resource that another one waits for into the
 * state, of a component each that is in it; the engine writes the whole state at each step. So what a resource waits for
 * leaves out what follows from the rest: who waits for the last host of a pool waits for those before it.
 */
import * as pulumi from "@pulumi/pulumi";

/** What a resource waits for, in any form that Pulumi takes. */
export type Before = NonNullable<pulumi.ResourceOptions["dependsOn"]>;

type Resources = readonly pulumi.Input<pulumi.Resource>[];

const waitsFor = new WeakMap<pulumi.Resource, Resources>();
const parts = new WeakMap<pulumi.Resource, readonly pulumi.Resource[]>();

/**
 * Says that whoever waits for a component need only wait for some resources, all others in it being waited for by these.
 * Without any, the component stands for all that is in it, as Pulumi has it.
 */
export function endsWith(component: pulumi.ComponentResource, resources: readonly pulumi.Resource[]): void {
  if (resources.length > 0) parts.set(component, resources);
}

/** Notes what a resource waits for, so that others that wait for it need not. */
export function waits(resource: pulumi.Resource, before: Before | undefined): void {
  waitsFor.set(resource, listOf(before) ?? []);
}

/**
 * The same order with fewer dependencies: each component by the resources that it ends with, and nothing that another one
 * waits for. Outputs and promises are left as they are.
 */
export function shortest(before: Before): Before {
  const given = listOf(before);
  if (given === undefined) return before;
  const resources = new Set(given.filter((one) => pulumi.Resource.isInstance(one)).flatMap(endsOf));
  const covered = new Set<unknown>();
  for (const resource of resources) cover(resource, covered);
  const later = given.filter((one) => !pulumi.Resource.isInstance(one));
  return [...[...resources].filter((resource) => !covered.has(resource)), ...later];
}

/** Options of a resource with the shortest form of what it waits for. */
export function inOrder<T extends pulumi.ResourceOptions>(opts: T | undefined): T | undefined {
  return opts?.dependsOn === undefined ? opts : { ...opts, dependsOn: shortest(opts.dependsOn) };
}

/** Undefined where it is not known yet. */
function listOf(before: Before | undefined): Resources | undefined {
  if (Array.isArray(before)) return before;
  return pulumi.Resource.isInstance(before) ? [before] : undefined;
}

function endsOf(resource: pulumi.Resource): readonly pulumi.Resource[] {
  return parts.get(resource)?.flatMap(endsOf) ?? [resource];
}

/** Everything that comes before a resource, itself not. */
function cover(resource: pulumi.Resource, covered: Set<unknown>): void {
  for (const before of waitsFor.get(resource) ?? []) {
    if (covered.has(before)) continue;
    covered.add(before);
    if (pulumi.Resource.isInstance(before)) cover(before, covered);
  }
}
