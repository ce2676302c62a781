import { inspectBox, ToolAuth, type Box, type Violation } from "../../box/index.ts";
import { valueAt } from "../../box/explain.ts";
import type { ReadFile } from "../../box/files.ts";
import { passwordFaults } from "../../box/sections/containerRuntime/passwords.ts";
import { noGrafana } from "../../box/sections/grafana/password.ts";
import { gitlabSecretFaults } from "../../box/sections/gitlab/secrets.ts";
import { monitoringSecretFaults } from "../../box/sections/monitoring/secrets.ts";
import {
  gitlabSecrets,
  grafanaPassword,
  consulGossipKey,
  monitoringSecrets,
  namespace,
  registryPasswords,
  secretKeys,
  sectionsOf,
  tlsPrivateKey,
  toolsPassword,
} from "../../box/stackConfiguration.ts";
import { isWithin, pathTo, stepsOf, type PathStep } from "../../box/violations.ts";
import { portConflicts } from "../../render/portConflicts.ts";
import { registry } from "../../render/registry.ts";
import { inEngineOrder } from "./engineOrder.ts";
import { inFileOrder, Severity, type Mistake } from "./mistake.ts";
import { parseYaml } from "./parse.ts";
import { placeOf } from "./place.ts";
import { configurationIn, encryptedSteps, wholeFileFaults, type FileFault } from "./wholeFile.ts";

/** The text of a stack file, and what belongs to it. */
export interface StackFile {
  /** The file, as the person has named it. */
  readonly file: string;
  readonly text: string;
  /** Name of the stack. */
  readonly stack: string;
  /** Reads files that it names, by paths relative to its folder. */
  readonly readFile: ReadFile;
  /** Text of a known_hosts file that goes before the one that it names. @default that one */
  readonly knownHosts?: string | undefined;
  /**
   * Whether the box is to be the one that the engine gives to the program, whose mappings have their keys in the order of the
   * alphabet: for whoever shows what `up` writes. @default as the file has them
   */
  readonly asApplied?: boolean | undefined;
}

/** All that can be said about a stack file without its hosts, its cluster and their keys. */
export interface Inspected {
  /** Warnings too, in the order of the file. */
  readonly mistakes: readonly Mistake[];
  /** The box, where there is no mistake but warnings. Its hosts may have no host keys. */
  readonly box: Box | undefined;
}

/** Finds every mistake of a stack file, by the rules of a preview. Host keys may be missing: they are not needed for it. */
export function inspectStackFile({ file, text, ...rest }: StackFile): Inspected {
  const { written, faults, value } = parseYaml(text);
  const mistakes: Mistake[] = faults.map((fault) => ({ file, path: "", severity: Severity.Error, ...fault }));
  if (value === undefined) return { mistakes: inFileOrder(mistakes), box: undefined };
  const tell = ({ steps, isKey, severity = Severity.Error, path, message }: FileFault): void =>
    void mistakes.push({ file, ...placeOf(written, steps, isKey), path, message, severity });
  for (const fault of wholeFileFaults(value)) tell(fault);
  const config = configurationIn(value);
  const { faults: ofBox, box } = config ? boxFaults(rest, config) : { faults: [], box: undefined };
  for (const fault of ofBox) tell(fault);
  const isSound = mistakes.every(({ severity }) => severity === Severity.Warning);
  return { mistakes: inFileOrder(mistakes), box: isSound ? box : undefined };
}

type Sections = Readonly<Record<string, unknown>>;

function boxFaults(
  { stack, asApplied = false, ...surroundings }: Omit<StackFile, "file" | "text">,
  config: Sections,
): { readonly faults: readonly FileFault[]; readonly box: Box | undefined } {
  const written = sectionsOf(config);
  const values = asApplied ? (inEngineOrder(written) as Sections) : written;
  const encrypted = Object.entries(values).flatMap(([name, value]) => [...encryptedSteps(value, [name])]);
  const { violations, warnings, box } = inspectBox({
    name: stack,
    values: without(values, encrypted),
    ...surroundings,
    hostKeys: "optional",
  });
  const secrets = encrypted.map((steps) => ({ path: pathTo(steps), message: encryptedRule }));
  const others = violations.filter(({ path }) => !secrets.some((secret) => isWithin(path, secret.path)));
  const ofWhole = [
    ...tlsKeyFaults(values, config),
    ...runtimePasswordFaults(values, config),
    ...(box ? secretFaultsOfMonitoring(box, config) : []),
    ...toolsPasswordFaults(box, config),
    ...grafanaPasswordFaults(values, config),
    ...secretFaultsOfGitLab(values, config),
    ...gossipKeyFaults(box, config),
    ...(box ? portConflicts(registry, box) : []),
  ];
  return {
    faults: [
      ...[...secrets, ...others, ...ofWhole].map((violation) => inFile(violation, Severity.Error)),
      ...warnings.map((violation) => inFile(violation, Severity.Warning)),
    ],
    box,
  };
}

const encryptedRule = `is encrypted, and nothing of a box is secret but ${enumerated(secretKeys.map((key) => namespace + key))}: write it in plain`;

/** A list of words as a sentence has it. */
function enumerated(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

const keyOfIssued = `is true, and ${namespace}${tlsPrivateKey} is set, though the box makes the key: take one of them out`;

/** A certificate and its key are set together. */
function* tlsKeyFaults(values: Sections, config: Sections): Generator<Violation> {
  if (values["webservers"] === undefined) return;
  const hasKey = Object.hasOwn(config, namespace + tlsPrivateKey);
  if (hasKey && valueAt(values, ["webservers", "tls", "issuedByBox"]) === true) {
    yield { path: "webservers.tls.issuedByBox", message: keyOfIssued };
    return;
  }
  const hasCertificate = valueAt(values, ["webservers", "tls", "certificate"]) !== undefined;
  if (hasCertificate === hasKey) return;
  const message = hasKey
    ? `is missing, and ${namespace}${tlsPrivateKey} is set: give both, or neither for a trial`
    : `has no key: "pulumi config set --secret ${namespace}${tlsPrivateKey} < key.pem"`;
  yield { path: "webservers.tls.certificate", message };
}

/** A user of a registry and its password are set together. */
function runtimePasswordFaults(values: Sections, config: Sections): readonly Violation[] {
  const registries = valueAt(values, ["containerRuntime", "registries"]);
  const names = namesOfSecrets(config, registryPasswords);
  return names === undefined ? [] : passwordFaults(mapping(registries), names, ownRegistry(values));
}

/** What monitoring sends with is set where it is asked for. */
function secretFaultsOfMonitoring(box: Box, config: Sections): readonly Violation[] {
  const names = namesOfSecrets(config, monitoringSecrets);
  return names === undefined ? [] : monitoringSecretFaults(box.monitoring, names);
}

/** The names of a mapping of secrets. One secret in place of the mapping is told by itself. */
function namesOfSecrets(config: Sections, key: string): readonly string[] | undefined {
  const names = Object.keys(mapping(config[namespace + key]));
  return names.join() === "secure" ? undefined : names;
}

function mapping(value: unknown): Record<string, object> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, object>) : {};
}

/** A password that is set is one that the web servers ask for. Whether it is long enough is seen where it is decrypted. */
function* toolsPasswordFaults(box: Box | undefined, config: Sections): Generator<Violation> {
  if (box === undefined || !Object.hasOwn(config, namespace + toolsPassword)) return;
  if (box.tools?.list.some(({ auth }) => auth === ToolAuth.Password)) return;
  yield { path: toolsPassword, message: "is set, and no tool has auth: password: remove it, or write the tool" };
}

/** A password that is set is Grafana's, which the box runs. */
function* grafanaPasswordFaults(values: Sections, config: Sections): Generator<Violation> {
  if (values["grafana"] !== undefined || !Object.hasOwn(config, namespace + grafanaPassword)) return;
  yield { path: grafanaPassword, message: noGrafana };
}

/** What GitLab is declared to do that needs a secret, and that secret, are set together. */
function secretFaultsOfGitLab(values: Sections, config: Sections): readonly Violation[] {
  const names = namesOfSecrets(config, gitlabSecrets);
  const gitlab = values["gitlab"] === undefined ? undefined : mapping(values["gitlab"]);
  return names === undefined ? [] : gitlabSecretFaults(gitlab, names);
}

/** A gossip key that is set is one of a Consul. Whether it is a key is seen where it is decrypted. */
function* gossipKeyFaults(box: Box | undefined, config: Sections): Generator<Violation> {
  if (box === undefined || box.consul !== undefined || !Object.hasOwn(config, namespace + consulGossipKey)) return;
  yield { path: consulGossipKey, message: "is set, and the box has no Consul: remove it, or write consul" };
}

/** The registry that the box has of itself, whose password is generated where none is given. */
function ownRegistry(values: Sections): string | undefined {
  const name = valueAt(values, ["registry", "name"]);
  const isGitlab = valueAt(values, ["registry", "kind"]) === "gitlab";
  return typeof name === "string" && !isGitlab ? name : undefined;
}

/** Values that are not read are no values of their type: nothing that depends on them is said. */
function without(values: Sections, paths: readonly (readonly PathStep[])[]): Record<string, unknown> {
  const rest = structuredClone(values) as Record<PathStep, unknown>;
  for (const steps of paths) {
    let holder = rest;
    for (const step of steps.slice(0, -1)) holder = holder[step] as Record<PathStep, unknown>;
    holder[steps.at(-1) ?? ""] = null;
  }
  return rest;
}

/** The box's paths begin with a section, the file's with `config` and the namespace. */
function inFile(violation: Violation, severity: Severity): FileFault {
  const [section = "", ...steps] = stepsOf(violation.path);
  return { ...violation, steps: ["config", `${namespace}${section}`, ...steps], severity };
}
