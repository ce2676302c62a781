import type * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";

/** Passwords of registries by their names, as a component takes them. Which registries there are is known at preview. */
export type RegistryPasswords = Readonly<Record<string, pulumi.Input<string>>>;

/** Passwords apart from the boxes: a box is plain data that a stack exports. */
const kept = new WeakMap<Box, RegistryPasswords>();

/** Keeps the passwords of a box's registries, secrets, for its `ContainerRuntime`. */
export function keepRegistryPasswords(box: Box, passwords: RegistryPasswords): void {
  kept.set(box, passwords);
}

/** The passwords of a box's registries, where they came with the box. */
export function registryPasswordsOf(box: Box): RegistryPasswords {
  return kept.get(box) ?? {};
}
