/**
 * Certificates that the hosts of a box show each other. They are a pure function of a secret of the stack (the authority's)
 * and of each host's public key, whose private one never leaves the host: so they come out the same at every run, a new host
 * is known to all others without a word to them, and no host is needed to make them.
 *
 * Ed25519 (RFC 8410): a key is any 32 bytes, and a signature depends on the key and the text alone.
 */
import { createPrivateKey, createPublicKey, hkdfSync, sign, type KeyObject } from "node:crypto";
import { objectIdentifier, sequence } from "./der.ts";
import { alternatives } from "./alternatives.ts";
import { authorityName, certificate, extension, type Signer } from "./x509.ts";

/** Whoever signs the certificates of a box. */
export interface Authority {
  /** Its own certificate, in PEM. */
  readonly certificate: string;
  /**
   * A certificate for a host, in PEM; with names, of a server and a client that verifiers know by these.
   *
   * @param names host names and addresses. @default none, and for no use in particular
   * @throws Error for what is no public key in PEM.
   */
  readonly certify: (commonName: string, publicKey: string, names?: readonly string[]) => string;
}

/**
 * The authority of a secret.
 *
 * @param secret long and random; who has it can be any host of the box.
 * @param box the box's name, by which people tell its authority from others'.
 */
export function authorityOf(secret: string, box: string): Authority {
  const seed = Buffer.from(hkdfSync("sha256", secret, "", "gatebox authority", 32));
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
  const own = createPublicKey(key);
  const issuer = authorityName(box, own);
  const signer: Signer = { algorithm: ed25519, sign: (text) => sign(null, text, key) };
  const issue = (subject: string, publicKey: KeyObject, isAuthority: boolean, more: readonly Buffer[] = []): string =>
    certificate({ issuer, subject, publicKey, isAuthority, since: 2020, more }, signer);
  return {
    certificate: issue(issuer, own, true),
    certify: (commonName, publicKey, names) => {
      const more = names === undefined ? [] : [forServersAndClients, alternatives(names)];
      return issue(commonName, createPublicKey(publicKey), false, more);
    },
  };
}

/** PKCS #8 of an Ed25519 key, up to its 32 bytes. */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** extKeyUsage: serverAuth and clientAuth. */
const forServersAndClients = extension(
  "551d25",
  sequence(objectIdentifier("2b06010505070301"), objectIdentifier("2b06010505070302")),
);

const ed25519 = sequence(objectIdentifier("2b6570"));
