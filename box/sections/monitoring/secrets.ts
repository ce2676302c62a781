import { monitoringSecrets } from "../../stackConfiguration.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** What of the section says which secrets there are; of a draft, or of the model. */
interface WithSecrets {
  readonly prometheus?:
    { readonly remoteWrite?: { readonly authentication?: string | undefined } | undefined } | undefined;
  readonly alertmanager?:
    { readonly receivers?: Readonly<Record<string, WithWays | undefined>> | undefined } | undefined;
}

interface WithWays {
  readonly webhook?: { readonly authentication?: string | undefined } | undefined;
  readonly email?: { readonly username?: string | undefined } | undefined;
  readonly slack?: object | undefined;
}

/** The secret of the remote end. No receiver can have its name, which has a capital. */
export const remoteWriteSecret = "remoteWrite";

/** Names of the secrets that Alertmanager sends with: `ops.slack`. */
export function receiverSecrets({ alertmanager }: WithSecrets): string[] {
  return Object.entries(alertmanager?.receivers ?? {}).flatMap(([name, receiver]) => [
    ...(isAsked(receiver?.webhook?.authentication) ? [`${name}.webhook`] : []),
    ...(receiver?.email?.username === undefined ? [] : [`${name}.email`]),
    ...(receiver?.slack === undefined ? [] : [`${name}.slack`]),
  ]);
}

/** Names of the secrets that Prometheus sends with. */
export function prometheusSecrets({ prometheus }: WithSecrets): string[] {
  return isAsked(prometheus?.remoteWrite?.authentication) ? [remoteWriteSecret] : [];
}

function isAsked(authentication: string | undefined): boolean {
  return authentication === "basic" || authentication === "bearer";
}

/**
 * What a receiver logs in with, and the receiver, belong together.
 *
 * @param given names of the secrets that the stack has; the secrets themselves are not looked at
 */
export function monitoringSecretFaults(monitoring: WithSecrets | undefined, given: readonly string[]): Violation[] {
  const wanted = [...prometheusSecrets(monitoring ?? {}), ...receiverSecrets(monitoring ?? {})];
  const missing = wanted.filter((name) => !given.includes(name)).map((name) => ({
    path: pathOf(monitoringSecrets, name),
    message: `is missing: "pulumi config set --secret --path 'gatebox:${monitoringSecrets}["${name}"]'"`,
  })); // prettier-ignore
  const idle = given.filter((name) => !wanted.includes(name)).map((name) => ({
    path: pathOf(monitoringSecrets, name),
    message: "is what nobody sends with: name a receiver that does, or take it out",
  })); // prettier-ignore
  return [...missing, ...idle];
}
