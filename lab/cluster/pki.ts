/** The cluster's certificates, made with openssl(1) and kept in the lab's state. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runChecked } from "../run.ts";
import type { Lab } from "../state.ts";

/** A certificate with its key, in PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Who a certificate speaks for. Kubernetes takes the common name for the user and the organization for the group. */
export interface Identity {
  readonly commonName: string;
  readonly organization?: string;
  /** Host names and IPv4 addresses that a server with this certificate is reached at. */
  readonly reachedAt?: readonly string[];
}

/** A lab lives for days; its certificates must only never run out in one that was left standing. */
const DAYS = 3650;

/** Seconds for one openssl command: milliseconds of work on the slowest machine. */
const OPENSSL_SECONDS = 60;

const CA = "ca";

/**
 * The authority that every certificate of the lab's cluster comes from.
 */
export async function certificateAuthority(lab: Lab): Promise<KeyPair> {
  const identity = { commonName: `gatebox lab ${lab.name}` };
  const extensions = ["basicConstraints = critical,CA:TRUE", "keyUsage = critical,keyCertSign,cRLSign"];
  return issue(lab, CA, identity, extensions, []);
}

/**
 * A certificate of the authority for a client, which is a server too if it says where it is reached. What was issued
 * before is kept; whoever has come to be reached elsewhere gets a new one.
 *
 * @param name what it is kept under, for example `kubelet-node-1`
 * @example
 * const admin = await certificate(lab, "admin", { commonName: "admin", organization: "system:masters" });
 */
export async function certificate(lab: Lab, name: string, identity: Identity): Promise<KeyPair> {
  await certificateAuthority(lab);
  const names = (identity.reachedAt ?? []).map((each) => `${/^[\d.]+$/.test(each) ? "IP" : "DNS"}:${each}`);
  const usages = ["clientAuth", ...(names.length > 0 ? ["serverAuth"] : [])];
  const extensions = [
    "basicConstraints = critical,CA:FALSE",
    "keyUsage = critical,digitalSignature,keyEncipherment",
    `extendedKeyUsage = ${usages.join(",")}`,
    ...(names.length > 0 ? [`subjectAltName = ${names.join(",")}`] : []),
  ];
  const authority = pkiDirectory(lab, CA);
  const signer = ["-CA", join(authority, "certificate.pem"), "-CAkey", join(authority, "key.pem")];
  return issue(lab, name, identity, extensions, signer);
}

/** What tokens of service accounts are signed with, and the certificate to check them by. */
export async function serviceAccounts(lab: Lab): Promise<KeyPair> {
  return certificate(lab, "service-accounts", { commonName: "service-accounts" });
}

async function issue(
  lab: Lab,
  name: string,
  identity: Identity,
  extensions: readonly string[],
  signer: readonly string[],
): Promise<KeyPair> {
  const organization = identity.organization === undefined ? [] : [`O = ${identity.organization}`];
  const request = [
    "[req]",
    "prompt = no",
    "distinguished_name = subject",
    "x509_extensions = extensions",
    "[subject]",
    ...organization,
    `CN = ${identity.commonName}`,
    "[extensions]",
    ...extensions,
    "",
  ].join("\n");
  const place = pkiDirectory(lab, name);
  const pending = (issuing.get(place) ?? Promise.resolve())
    .catch(() => undefined)
    .then(() => ensureIssued(place, request, signer));
  issuing.set(place, pending);
  await pending;
  const [certificate, key] = await Promise.all([
    readFile(join(place, "certificate.pem"), "utf8"),
    readFile(join(place, "key.pem"), "utf8"),
  ]);
  return { certificate, key };
}

/** What is being issued now, by place: several hosts ask for the same certificate at once. */
const issuing = new Map<string, Promise<void>>();

async function ensureIssued(place: string, request: string, signer: readonly string[]): Promise<void> {
  const issued = await readFile(join(place, "request.cnf"), "utf8").catch(() => undefined);
  if (issued !== request) {
    await make(place, request, signer);
  }
}

/** Made beside its place and renamed into it: a run that is cut off leaves no certificate without its key. */
async function make(place: string, request: string, signer: readonly string[]): Promise<void> {
  await mkdir(join(place, ".."), { recursive: true, mode: 0o700 });
  const staging = await mkdtemp(`${place}.making-`);
  try {
    const cnf = join(staging, "request.cnf");
    await writeFile(cnf, request);
    const files = ["-config", cnf, "-keyout", join(staging, "key.pem"), "-out", join(staging, "certificate.pem")];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];
    await runChecked(
      `make the certificate in ${place}`,
      "openssl",
      [...["req", "-x509", "-batch", "-sha256", "-days", String(DAYS)], ...key, ...files, ...signer],
      { timeoutSeconds: OPENSSL_SECONDS },
    );
    await rm(place, { recursive: true, force: true });
    await rename(staging, place);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The file with the authority's certificate, which is there once the cluster is. */
export function clusterAuthority(lab: Lab): string {
  return join(pkiDirectory(lab, CA), "certificate.pem");
}

function pkiDirectory(lab: Lab, name: string): string {
  return join(lab.directory, "cluster", "pki", name);
}
