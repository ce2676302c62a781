import * as pulumi from "@pulumi/pulumi";
import { gitlabSecretFault, gitlabSecretFaults, type Box, type GitLabSecretName } from "../box/index.ts";

/** Secrets of a box's GitLab by their names, as a component takes them. Which there are is known at preview. */
export type GitLabSecrets = Readonly<Partial<Record<GitLabSecretName, pulumi.Input<string>>>>;

/** Secrets apart from the boxes: a box is plain data that a stack exports. */
const kept = new WeakMap<Box, GitLabSecrets>();

/**
 * Keeps the secrets that came with a box for its `GitLab`.
 *
 * @throws pulumi.RunError when the box has no use for one of them, lacks one, or holds one that GitLab would refuse.
 */
export function keepGitLabSecrets(box: Box, secrets: GitLabSecrets): void {
  const faults = faultsOf(box, secrets);
  if (faults.length > 0) throw new pulumi.RunError(faults.join("\n"));
  kept.set(box, secrets);
}

/** The secrets that came with a box. */
export function gitlabSecretsOf(box: Box): GitLabSecrets {
  return kept.get(box) ?? {};
}

/** What is wrong with the secrets of a box's GitLab, a line each, in words that quote none of them. */
export function faultsOf(box: Box, secrets: GitLabSecrets): string[] {
  const entries = Object.entries(secrets) as [GitLabSecretName, pulumi.Input<string> | undefined][];
  const given = entries.filter(([, secret]) => secret !== undefined);
  const names = given.map(([name]) => name);
  const plain = given.flatMap(([name, secret]) => (typeof secret === "string" ? refusal(name, secret) : []));
  return [...gitlabSecretFaults(box.gitlab, names).map(({ path, message }) => `${path}: ${message}`), ...plain];
}

/** A secret, which fails as soon as its text is known and would not do: at preview, for all but what is made while it is deployed. */
export function soundSecret(name: GitLabSecretName, secret: pulumi.Input<string>): pulumi.Output<string> {
  const known = pulumi.output(secret).apply((text) => {
    const [fault] = refusal(name, text);
    if (fault !== undefined) throw new pulumi.RunError(fault);
    return text;
  });
  return pulumi.secret(known);
}

function refusal(name: GitLabSecretName, text: string): string[] {
  const fault = gitlabSecretFault(name, text);
  return fault === undefined ? [] : [`gitlabSecrets.${name}: ${fault}`];
}
