/** Secrets of GitLab, which stand beside the section and never in the model. */
import { gitlabSecrets } from "../../stackConfiguration.ts";
import { suggestion } from "../../nearMiss.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** The name of a secret. */
export type GitLabSecretName = "rootPassword" | "smtpPassword" | "runnerToken";

/** The secrets by their names, and what each is. */
export const gitlabSecretDescriptions: Readonly<Record<GitLabSecretName, string>> = {
  rootPassword: "Password of `root` at GitLab's first start. Default: one that is generated.",
  smtpPassword: "Password of `gitlab.smtp.username`.",
  runnerToken: "Token of the runner, `glrt-…`, which GitLab shows where a runner is made.",
};
const names = Object.keys(gitlabSecretDescriptions);

/** What the section says of whom there are secrets for. */
interface Needs {
  readonly smtp?: { readonly username?: string | undefined } | undefined;
  readonly runners?: object | undefined;
}

/** Secrets belong to what is declared, and the other way round. The secrets themselves are not looked at. */
export function gitlabSecretFaults(gitlab: Needs | undefined, given: readonly string[]): Violation[] {
  const unknown = given.filter((name) => !names.includes(name));
  const { smtp, runners } = gitlab ?? {};
  const has = (name: GitLabSecretName): boolean => given.includes(name);
  const missing = (path: string, name: GitLabSecretName): Violation => ({
    path,
    message: `has no ${words[name]}: "pulumi config set --secret --path gatebox:${gitlabSecrets}.${name}"`,
  });
  const idle = (name: GitLabSecretName, section: string): Violation => ({
    path: pathOf(gitlabSecrets, name),
    message: `is for nobody: write ${section}, or take it out`,
  });
  const [user, runner] = [smtp?.username !== undefined, runners !== undefined];
  return [
    ...unknown.map((name) => ({
      path: pathOf(gitlabSecrets, name),
      message: `is none of GitLab's secrets${suggestion(name, names)}`,
    })),
    ...(gitlab === undefined && has("rootPassword") ? [idle("rootPassword", "gitlab")] : []),
    ...(user && !has("smtpPassword") ? [missing("gitlab.smtp.username", "smtpPassword")] : []),
    ...(runner && !has("runnerToken") ? [missing("gitlab.runners", "runnerToken")] : []),
    ...(!user && has("smtpPassword") ? [idle("smtpPassword", "gitlab.smtp.username")] : []),
    ...(!runner && has("runnerToken") ? [idle("runnerToken", "gitlab.runners")] : []),
  ];
}

const words = { rootPassword: "password", smtpPassword: "password", runnerToken: "token" } as const;

/** Why a secret would not do, in words that quote nothing of it; undefined where it will. */
export function gitlabSecretFault(name: GitLabSecretName, secret: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what must not stand there
  if (/[\u0000-\u001f\u007f]/.test(secret)) return "holds control characters, a line end perhaps";
  if (secret === "") return "is empty";
  switch (name) {
    case "rootPassword":
      return rootPasswordFault(secret);
    case "runnerToken":
      return runnerTokenFault(secret);
    case "smtpPassword":
      return undefined;
    default:
      return name satisfies never;
  }
}

/**
 * What GitLab refuses in a password of `root`, and then stops in the middle of its first configuration: fewer than 8 characters, and
 * words that are too easy to guess in it. Those are its own name, and the user's name, mail address and parts of these, from four
 * letters on (its `Security::WeakPasswords`). Of its list of known passwords there is here what such lists have in common.
 */
function rootPasswordFault(password: string): string | undefined {
  if (Array.from(password).length < 8) return "has fewer than 8 characters, which GitLab refuses: write 12 or more";
  if (Buffer.byteLength(password) > 128) return "is longer than 128 bytes, which GitLab refuses";
  const lower = password.toLowerCase();
  const word = guessable.find((one) => lower.includes(one));
  if (word !== undefined) return `has the word "${word}" in it, which GitLab refuses as too easy to guess`;
  if (new Set(lower).size < 4) return "has no more than three different characters, which is too easy to guess";
  const isSequence = sequences.some((one) => one.includes(lower) || Array.from(one).reverse().join("").includes(lower));
  const isKnown = known.test(lower);
  return isSequence || isKnown ? "is among the passwords that are tried first, and GitLab refuses those" : undefined;
}

/** GitLab's own words, and all that its first user is called: Administrator, root, admin@example.com. */
const guessable = ["gitlab", "devops", "administrator", "root", "admin", "example"];
const sequences = [
  "01234567890123456789",
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiopasdfghjklzxcvbnm",
  "1q2w3e4r5t6y7u8i9o0p",
];
/** A word that such lists begin with, and some digits or marks at its ends. */
const known =
  /^[\d!@#$._-]*(?:pass(?:word|wort)?|p[a4@]ssw[o0]rd|letmein|welcome|iloveyou|changeme|monkey|dragon|qwerty|abc|trustno|sunshine|princess|football|baseball|master|superman|batman|secret)[\d!@#$._-]*$/;

/** Tokens of the kind that GitLab gives out where a runner is made; those that registered any runner are gone since 18.0. */
function runnerTokenFault(token: string): string | undefined {
  if (/^(?:glrt|glrtr)-[A-Za-z0-9_.-]{16,}$/.test(token)) return undefined;
  if (/^GR1348941|^[A-Za-z0-9_-]{20}$/.test(token))
    return "is a registration token of the old kind: make a runner in GitLab (Admin, CI/CD, Runners) and take its token, which begins with glrt-";
  return "is not the token of a runner, which begins with glrt-: GitLab shows it where a runner is made (Admin, CI/CD, Runners)";
}
