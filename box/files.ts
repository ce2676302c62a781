import { X509Certificate } from "node:crypto";
import type { DraftFiles, HostKeys } from "./draft.ts";
import { KnownHosts } from "./knownHosts.ts";
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

/** Reads the files that the configuration names, and reports what is wrong with them. */
export function readFiles(
  { connection, webservers }: Readable<Configuration>,
  { readFile, knownHosts, hostKeys = "required" }: Surroundings,
): { readonly files: DraftFiles; readonly violations: readonly Violation[] } {
  const violations: Violation[] = [];
  const missing: Violation[] = [];
  const files = {
    hostKeys,
    knownHosts: readKnownHosts(connection?.knownHosts, readFile, knownHosts, missing),
    certificate: readCertificate(webservers?.tls?.certificate, readFile, violations),
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

function readCertificate(given: string | undefined, readFile: ReadFile, violations: Violation[]): string | undefined {
  if (given === undefined) return undefined;
  const inline = given.includes("-----BEGIN ");
  const text = inline ? given : readFile(given);
  const what = inline ? "the text" : `"${given}"`;
  const fault =
    text === undefined ? `${what} cannot be read: its path is relative to the project` : pemFault(text, what);
  if (fault === undefined) return text;
  violations.push({ path: certificatePath, message: fault });
  return undefined;
}

/** A private key here would stand in plain in the state, and on every web server's disk for everyone to read. */
function pemFault(text: string, what: string): string | undefined {
  if (text.includes("PRIVATE KEY-----")) {
    return `${what} holds a private key: take it out, and set it with "pulumi config set --secret tlsPrivateKey"`;
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) return `${what} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`;
  const bad = certificates.findIndex((certificate) => !isCertificate(certificate));
  return bad === -1 ? undefined : `${what}: certificate ${bad + 1} of ${certificates.length} cannot be read`;
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
