import { caFault, pemFault, validityFault } from "./certificates.ts";
import { entriesOf, itemsOf, type DraftFiles, type HostKeys } from "./draft.ts";
import { show } from "./printable.ts";
import { KnownHosts } from "./knownHosts.ts";
import { openPgpKeyFault } from "./openPgp.ts";
import type { Configuration } from "./configuration.ts";
import type { Readable } from "./read.ts";
import { pathOf, type Violation } from "./violations.ts";

/** Gives the text of a file, or undefined when it cannot be read. */
export type ReadFile = (path: string) => string | undefined;

/** What a configuration is read with beside itself. */
export interface Surroundings {
  /** Reads a file that the configuration names, relative to the project. */
  readonly readFile: ReadFile;
  /** Text of a known_hosts file that goes before the one that the configuration names. */
  readonly knownHosts?: string | undefined;
  /**
   * Whether the key of each host that SSH connects to must be known; `optional` is for what connects to none.
   * @default "required"
   */
  readonly hostKeys?: HostKeys | undefined;
}

const certificatePath = pathOf("webservers", "tls", "certificate");
const caPath = pathOf("controlPlane", "ca");

/** Reads the files that the configuration names, and reports what is wrong with them. */
export function readFiles(
  { connection, webservers, containerRuntime, controlPlane, aptRepositories }: Readable<Configuration>,
  { readFile, knownHosts, hostKeys = "required" }: Surroundings,
): { readonly files: DraftFiles; readonly violations: readonly Violation[] } {
  const violations: Violation[] = [];
  const missing: Violation[] = [];
  const files = {
    hostKeys,
    knownHosts: readKnownHosts(connection?.knownHosts, readFile, knownHosts, missing),
    certificate: readCertificates(certificatePath, webservers?.tls?.certificate, readFile, violations, chainFault),
    authorities: readAuthorities(containerRuntime, readFile, violations),
    openPgpKeys: readOpenPgpKeys(aptRepositories, readFile, violations),
    controlPlaneCa: readCertificates(caPath, controlPlane?.ca, readFile, violations, clusterCaFault),
  };
  return { files, violations: hostKeys === "required" ? [...missing, ...violations] : violations };
}

function readKnownHosts(
  path: string | undefined,
  readFile: ReadFile,
  given: string | undefined,
  violations: Violation[],
): KnownHosts | undefined {
  const text = given ?? (path === undefined ? "" : readFile(path));
  if (text !== undefined) return new KnownHosts(text);
  const message =
    `"${path ?? ""}" cannot be read, its path is relative to the project: ` +
    `write the file, or give each host its hostKey, or name another file in $GATEBOX_KNOWN_HOSTS`;
  violations.push({ path: pathOf("connection", "knownHosts"), message });
  return undefined;
}

/** The certificates of the registries' authorities; `system` stands for those that a host has of itself. */
function readAuthorities(
  runtime: Readable<Configuration>["containerRuntime"],
  readFile: ReadFile,
  violations: Violation[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const read = (given: string | undefined, path: string): void => {
    const text = given === "system" ? undefined : readCertificates(path, given, readFile, violations, authorityFault);
    if (given !== undefined && text !== undefined) found.set(given, text);
  };
  for (const [name, { ca, mirrors }] of entriesOf(runtime?.registries)) {
    const path = pathOf("containerRuntime", "registries", name);
    read(ca, pathOf(path, "ca"));
    for (const [index, mirror] of itemsOf(mirrors)) read(mirror.ca, pathOf(path, "mirrors", index, "ca"));
  }
  return found;
}

/** The keys of repositories of packages. */
function readOpenPgpKeys(
  repositories: Readable<Configuration>["aptRepositories"],
  readFile: ReadFile,
  violations: Violation[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, { key }] of entriesOf(repositories)) {
    const path = pathOf("aptRepositories", name, "key");
    const text = readText(path, key, readFile, violations, openPgpKeyFault, openPgpHint);
    if (key !== undefined && text !== undefined) found.set(key, text);
  }
  return found;
}

/** What goes beyond being certificates, in words that follow the name of the text. */
type Fault = (text: string, what: string) => string | undefined;

function readCertificates(
  path: string,
  given: string | undefined,
  readFile: ReadFile,
  violations: Violation[],
  faultOf: Fault,
): string | undefined {
  return readText(path, given, readFile, violations, faultOf, pemHint);
}

/** A text that is given, or the path of its file. `hint` is what to write in place of what is neither. */
function readText(
  path: string,
  given: string | undefined,
  readFile: ReadFile,
  violations: Violation[],
  faultOf: Fault,
  hint: string,
): string | undefined {
  if (given === undefined) return undefined;
  const inline = given.includes("-----BEGIN ");
  const what = inline ? "the text" : show(given);
  const text = inline ? given : mayBePath(given) ? readFile(given) : undefined;
  const wrong = text === undefined ? unreadable(given, what, hint) : faultOf(text, what);
  if (wrong === undefined) return text;
  violations.push({ path, message: wrong });
  return undefined;
}

/** What is long, has several lines or looks like Base64 is no path. */
function mayBePath(given: string): boolean {
  return given.length <= 255 && !/[\r\n]|^data:|:\/\/|^LS0t|^MI[A-Za-z0-9+/]{2}|[A-Za-z0-9+/=]{64}/.test(given.trim());
}

/** What is no path may be a key: it is not quoted. */
function unreadable(given: string, what: string, hint: string): string {
  return mayBePath(given) ? `${what} cannot be read: its path is relative to the project` : hint;
}

const pemHint =
  'is neither the path of a PEM file nor PEM text: write that, "-----BEGIN CERTIFICATE-----" first, its lines as they are';
const openPgpHint =
  'is neither the path of a file nor an OpenPGP key in ASCII armor: write that, "-----BEGIN PGP PUBLIC KEY BLOCK-----" first, its lines as they are';

/** A private key here would stand in plain in the state, and on every web server's disk for everyone to read. */
const chainFault: Fault = (text, what) =>
  pemFault(text, what, 'take it out, and set it with "pulumi config set --secret tlsPrivateKey"');

/** It may be the server's own, which is no CA's; hosts take one that is told them. */
const authorityFault: Fault = (text, what) =>
  pemFault(text, what, "take it out, nothing here needs it") ?? validityFault(text, what, new Date())?.message;

/** The CA's key is no business of the hosts that only look whether its certificates are genuine. */
const clusterCaFault: Fault = (text, what) =>
  pemFault(text, what, "take it out, the certificate is enough") ?? caFault(text, what, new Date());
