/** What of a preview is secret. A value that is secret leaves this file as two words, never as itself. */
import type { State } from "./preview.ts";

/** What stands in the place of a secret. */
export const hidden = "[secret]";

/** The mark of a secret in Pulumi's own files, a state or a plan. */
const signature = "4dabf18193072939515e22adb298388d";

/** Whether a value is marked as a secret. */
export function isSecret(value: unknown): boolean {
  if (value === hidden) return true;
  return typeof value === "object" && value !== null && signature in value;
}

/** Whether an input of a resource is secret: by its mark, by what the resource says, or because nothing of it is logged. */
export function isSecretInput({ inputs, secretOutputs }: State, name: string): boolean {
  return isSecret(inputs[name]) || secretOutputs.includes(name) || (name === "stdin" && inputs["logging"] === "none");
}

/** A value without the secrets in it. */
export function withoutSecretValues(value: unknown): unknown {
  if (isSecret(value)) return hidden;
  if (Array.isArray(value)) return value.map(withoutSecretValues);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecretValues(one)]));
}
