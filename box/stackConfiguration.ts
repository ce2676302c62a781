/** The namespace of the stack's own keys, as they are written: the name of the Pulumi project. */
export const namespace = "gatebox:";

/** A secret, and so never part of the model: the key of `webservers.tls.certificate`. */
export const tlsPrivateKey = "tlsPrivateKey";

/** Secrets too: the passwords that hosts pull images with, by the name of the registry under `containerRuntime.registries`. */
export const registryPasswords = "registryPasswords";

/** A secret too: what the members of Consul's cluster encrypt their gossip with, 32 bytes in Base64. */
export const consulGossipKey = "consulGossipKey";

/** Secrets too: what monitoring's messages and samples are sent with, `RECEIVER.WAY` and `remoteWrite`. */
export const monitoringSecrets = "monitoringSecrets";

/** A secret: the password with which the web servers let the user of `tools` in. */
export const toolsPassword = "toolsPassword";

/** A secret: the password of Grafana's user `admin`. */
export const grafanaPassword = "grafanaPassword";

/** Secrets as well: the passwords and the token of `gitlab`, by their names. */
export const gitlabSecrets = "gitlabSecrets";

/** The keys of a stack that are secret; all else of a box is written in plain. */
export const secretKeys = [
  tlsPrivateKey,
  registryPasswords,
  monitoringSecrets,
  toolsPassword,
  grafanaPassword,
  gitlabSecrets,
  consulGossipKey,
] as const;

const secrets: readonly string[] = secretKeys.map((key) => namespace + key);

/**
 * The sections of a stack's configuration, keys without the namespace. Keys of others are left out, and the secrets.
 *
 * @param configuration of the whole stack, as the stack file has it or as Pulumi hands it to a program
 */
export function sectionsOf(configuration: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(configuration)
      .filter(([key]) => key.startsWith(namespace) && !secrets.includes(key))
      .map(([key, value]) => [key.slice(namespace.length), typeof value === "string" ? parsed(value) : value]),
  );
}

/** Objects of the configuration reach a program as JSON; anything else is left for the schema to refuse by its path. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
