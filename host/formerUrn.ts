/**
 * URNs that resources had in states of earlier versions, as their aliases. The SDK makes of an alias in any other form a dozen promises
 * for each resource, which were half of a large program's time.
 */
import * as pulumi from "@pulumi/pulumi";

const stackType = "pulumi:pulumi:Stack";

/**
 * The URN that a resource had below a parent that there still is.
 *
 * @param types of those that were between them, from the parent down, and of the resource.
 * @returns a text, where the SDK lets the parent's own place be known before it is registered.
 * @example formerUrn(pool, ["gatebox:index:HostUnit", "command:remote:Command"], "gateway-1-gateway-protobox.pool")
 */
export function formerUrn(
  parent: pulumi.Resource | undefined,
  types: readonly string[],
  name: string,
): pulumi.Input<string> {
  const around = parent === undefined ? [] : typesDownTo(parent);
  if (around !== undefined) {
    return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${[...around, ...types].join("$")}::${name}`;
  }
  // Of what a URN is made from, the names of parents are no part.
  const [last = "", ...above] = types.toReversed();
  const within = above
    .toReversed()
    .reduce<pulumi.Resource | pulumi.Output<string> | undefined>(
      (up, type) => pulumi.createUrn(name, type, up),
      parent,
    );
  return pulumi.createUrn(name, last, within);
}

/**
 * The types of a resource and of all around it, the stack left out; undefined where they cannot be followed up to the stack: the
 * field is no part of the SDK's interface, and half a URN would be that of nothing.
 */
function typesDownTo(resource: pulumi.Resource): readonly string[] | undefined {
  if (pulumi.resourceType(resource) === stackType) return [];
  const { __parentResource: parent } = resource as { readonly __parentResource?: pulumi.Resource };
  const above = parent === undefined ? undefined : typesDownTo(parent);
  return above === undefined ? undefined : [...above, pulumi.resourceType(resource)];
}
