/** What a server of monitoring sends with: a file for each, in a unit of its own, which is a secret. */
import type { Monitoring } from "../../box/model.ts";
import { prometheusSecrets, receiverSecrets } from "../../box/sections/monitoring/secrets.ts";
import { name } from "../scalars.ts";
import type { TreeFile } from "../treeFile.ts";

/** Names of the secrets of an assembly. */
export function secretNames(monitoring: Monitoring, assembly: "prometheus" | "alertmanager"): string[] {
  return assembly === "prometheus" ? prometheusSecrets(monitoring) : receiverSecrets(monitoring);
}

/**
 * The file of one secret, as a program reads it: without a line end it would have, were it typed.
 *
 * @throws Error when the secret is empty or holds control characters; it is not quoted.
 * @example secretFile("ops.slack", url).path // "secrets/ops.slack"
 */
export function secretFile(secret: string, text: string): TreeFile {
  const trimmed = text.trim();
  // eslint-disable-next-line no-control-regex -- control characters are what must not stand there
  if (trimmed === "" || /[\u0000-\u001f\u007f]/.test(trimmed))
    throw new Error(`monitoringSecrets["${secret}"] is empty or holds control characters, a line end perhaps`);
  return { path: `secrets/${name(secret, "secret of monitoring")}`, mode: "0600", text: `${trimmed}\n` };
}
