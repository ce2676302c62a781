import { UsageError } from "./ended.ts";

/**
 * The name of a stack's file.
 *
 * @throws UsageError for what Pulumi takes for no name: they have letters, digits, "-", "_" and ".".
 */
export function stackFileName(stack: string): string {
  if (/^[\w.-]+$/.test(stack)) return `Pulumi.${stack}.yaml`;
  throw new UsageError(`"${stack}" is not the name of a stack: write letters, digits, -, _ and .`);
}
