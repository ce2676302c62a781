import * as pulumi from "@pulumi/pulumi";
import { perStack } from "./perStack.ts";

/**
 * What the components of one stack have claimed so far: a port on a pool, a location on the web servers. Mocks and
 * engine alike would let two components claim the same; the host would refuse the second only at `up`.
 */
const claims = perStack(() => new Map<string, string>());

/**
 * Claims something that only one component of a box may have.
 *
 * @param what for example `port 30165 of kube-gateway-pool in box protobox`
 * @throws pulumi.ResourceError naming both components, at preview.
 */
export function claim(what: string, claimant: pulumi.ComponentResource, name: string): void {
  const holder = claims().get(what);
  if (holder !== undefined) {
    throw new pulumi.ResourceError(
      `"${name}" declares ${what}, which "${holder}" has declared already: choose another or remove one of the two`,
      claimant,
      true,
    );
  }
  claims().set(what, name);
}
