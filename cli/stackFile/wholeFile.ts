import { nearest, suggestion } from "../../box/nearMiss.ts";
import { show } from "../../box/printable.ts";
import { sectionNames } from "../../box/configuration.ts";
import {
  gitlabSecrets,
  grafanaPassword,
  monitoringSecrets,
  namespace,
  registryPasswords,
  secretKeys,
  tlsPrivateKey,
  toolsPassword,
} from "../../box/stackConfiguration.ts";
import { pathTo, type PathStep } from "../../box/violations.ts";
import { Severity } from "./mistake.ts";

/** Something to correct that is no matter of the box: its place in the file, and what the person reads. */
export interface FileFault {
  /** The way to it in the file, from its outermost keys. */
  readonly steps: readonly PathStep[];
  readonly path: string;
  readonly message: string;
  readonly isKey?: boolean;
  readonly severity?: Severity;
}

/** What Pulumi keeps in a stack file (its reference, "Stack settings file"). */
const outermostKeys = ["config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"];

const example = `write "config:" and below it ${namespace}networks, ${namespace}hosts, …`;

/** The configuration that a file holds, if it is a stack file. */
export function configurationIn(file: unknown): Readonly<Record<string, unknown>> | undefined {
  const config = isMapping(file) && Object.hasOwn(file, "config") ? (file["config"] ?? {}) : undefined;
  return isMapping(config) ? config : undefined;
}

/** What is wrong with a stack file apart from the sections of the box. */
export function* wholeFileFaults(file: unknown): Generator<FileFault> {
  if (!isMapping(file)) {
    const found = file === null || file === undefined ? "is empty" : "is no mapping";
    yield { steps: [], path: "", message: `the file ${found}: ${example}` };
    return;
  }
  yield* outermostFaults(file);
  const config = configurationIn(file);
  if (!config) return;
  for (const [key, value] of Object.entries(config)) yield* keyFaults(key, value);
  yield* sizeFaults(config);
}

/** The longest argument or environment variable of Linux (MAX_ARG_STRLEN of linux/binfmts.h). */
const longestVariable = 131_072;

/** Pulumi passes the configuration to the program in one environment variable (pulumi/pulumi#8680). */
function* sizeFaults(config: Readonly<Record<string, unknown>>): Generator<FileFault> {
  const texts = Object.entries(config).map(([key, value]) => [key, asText(value)] as const);
  const bytes = Buffer.byteLength(`PULUMI_CONFIG=${JSON.stringify(Object.fromEntries(texts))}\0`);
  if (bytes <= longestVariable) return;
  const message =
    `has ${bytes} bytes as Pulumi passes it on, and Linux takes ${longestVariable}, so that the program would not start there: ` +
    "expose some of the services from stacks of their own";
  yield { steps: ["config"], path: "config", message, severity: Severity.Warning };
}

/** As Pulumi has values of the configuration. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function* outermostFaults(file: Readonly<Record<string, unknown>>): Generator<FileFault> {
  for (const key of Object.keys(file)) {
    if (outermostKeys.includes(key)) continue;
    const isOwn = key.startsWith(namespace) || sectionNames.includes(key);
    const hint = isOwn ? `: it belongs below "config:"` : suggestion(key, outermostKeys);
    yield { steps: [key], path: pathTo([key]), message: `unknown key ${show(key)}${hint}`, isKey: true };
  }
  if (!Object.hasOwn(file, "config")) yield { steps: [], path: "config", message: `is missing: ${example}` };
  else if (!configurationIn(file)) yield { steps: ["config"], path: "config", message: `is no mapping: ${example}` };
}

function* keyFaults(key: string, value: unknown): Generator<FileFault> {
  const at = { steps: ["config", key], path: pathTo(["config", key]), isKey: true } as const;
  const [space = "", name] = key.includes(":")
    ? [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)]
    : [key];
  if (name === undefined) {
    yield { ...at, message: `${show(key)} has no namespace: write ${namespace}${ownName(key) ?? key}` };
  } else if (`${space}:` !== namespace) {
    yield* otherNamespace(at, space, name);
  } else if (name === tlsPrivateKey && !isEncrypted(value)) {
    const message = `stands in plain: take it out, make a new key, and set it with "pulumi config set --secret ${key} < key.pem"`;
    yield { steps: at.steps, path: tlsPrivateKey, message };
  } else if ((name === toolsPassword || name === grafanaPassword) && !isEncrypted(value)) {
    const message = `stands in plain: take it out, choose another, and set it with "pulumi config set --secret ${key}"`;
    yield { steps: at.steps, path: name, message };
  } else {
    const secrets = secretsByName.get(name);
    if (secrets) yield* plainSecrets(at.steps, name, secrets, value);
  }
}

/** A mapping of secrets. */
interface SecretMapping {
  /** What it has, in words. */
  readonly what: string;
  /** What one of its names stands for. */
  readonly placeholder: string;
  /** The path of one of them, as Pulumi's command line takes it. */
  readonly pathOf: (name: string) => string;
}

/** The mappings of secrets by their keys. */
const secretsByName: ReadonlyMap<string, SecretMapping> = new Map(
  Object.entries({
    [registryPasswords]: {
      what: "passwords by registries",
      placeholder: "REGISTRY",
      pathOf: (registry) => `'${namespace}${registryPasswords}["${registry}"]'`,
    },
    [monitoringSecrets]: {
      what: "secrets by receivers",
      placeholder: "RECEIVER.WAY",
      pathOf: (way) => `'${namespace}${monitoringSecrets}["${way}"]'`,
    },
    [gitlabSecrets]: {
      what: "secrets by their names",
      placeholder: "NAME",
      pathOf: (name) => `${namespace}${gitlabSecrets}.${name}`,
    },
  }),
);

/** Each secret of a mapping is encrypted by itself. */
function* plainSecrets(
  steps: readonly PathStep[],
  name: string,
  { what, placeholder, pathOf }: SecretMapping,
  value: unknown,
): Generator<FileFault> {
  const command = (one: string): string => `"pulumi config set --secret --path ${pathOf(one)}"`;
  if (!isMapping(value) || isEncrypted(value)) {
    yield { steps, path: name, message: `is no mapping of ${what}: ${command(placeholder)}` };
    return;
  }
  for (const [one, secret] of Object.entries(value)) {
    if (isEncrypted(secret)) continue;
    const message = `stands in plain: take it out, change it, and set it with ${command(one)}`;
    yield { steps: [...steps, one], path: pathTo([name, one]), message };
  }
}

function* otherNamespace(at: Omit<FileFault, "message">, space: string, name: string): Generator<FileFault> {
  const own = ownName(name);
  if (nearest(space, [namespace.slice(0, -1)]) !== undefined) {
    yield { ...at, message: `unknown namespace ${show(space)}: write ${namespace}${own ?? name}` };
  } else if (own === name) {
    const message = `is another program's by its namespace: write ${namespace}${name} if it is meant for the box`;
    yield { ...at, message, severity: Severity.Warning };
  }
}

/** The section, or the secret, that a name stands for. */
function ownName(name: string): string | undefined {
  return nearest(name, [...sectionNames, ...secretKeys]);
}

/** The ways to values inside of a section that `pulumi config set --secret` has written. */
export function* encryptedSteps(value: unknown, steps: readonly PathStep[]): Generator<readonly PathStep[]> {
  if (isEncrypted(value)) yield steps;
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* encryptedSteps(item, [...steps, index]);
  else if (isMapping(value))
    for (const [key, item] of Object.entries(value)) yield* encryptedSteps(item, [...steps, key]);
}

/** As Pulumi writes a secret: one key and nothing else. */
function isEncrypted(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
