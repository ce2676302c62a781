/**
 * The certificate that web servers show to browsers, of an authority of the box's own. Both, and their keys, are a pure function of
 * a secret of the stack and of the names: they come out the same at every run, and nothing but the secret is kept.
 *
 * Browsers take no Ed25519, so: ECDSA on P-256, each signature made as RFC 6979 says, so that it depends on the key and the text
 * alone. Node's own draws a number at random for each, and cannot be told not to.
 */
import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import { alternatives } from "./alternatives.ts";
import { der, objectIdentifier, sequence } from "./der.ts";
import { authorityName, certificate, extension, fingerprint, type Signer } from "./x509.ts";

/** A certificate and its private key, both in PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** Whoever signs the certificate of a box's web servers. */
export interface EdgeAuthority {
  /** Its own certificate, in PEM, for clients. */
  readonly certificate: string;
  /**
   * What web servers show: the certificate of these host names (`*.` in front for all one step below) and addresses.
   *
   * @throws Error where there is none.
   */
  readonly pairFor: (names: readonly string[]) => Pair;
}

/**
 * The authority of a secret.
 *
 * @param secret long and random; who has it can be any web server to whoever trusts the authority.
 * @param box the box's name, by which people tell its authority from others'.
 */
export async function edgeAuthorityOf(secret: string, box: string): Promise<EdgeAuthority> {
  // Loaded by who needs it alone: it costs every run as much as all sections of a box.
  const { p256 } = await import("@noble/curves/nist.js");
  const derived = (purpose: string): Key => {
    // Half as long again as the key, so that what is left of the division by the curve's order favours no key (FIPS 186-5, A.2.1).
    const seed = new Uint8Array(hkdfSync("sha256", secret, "", purpose, 48));
    const scalar = p256.utils.randomSecretKey(seed);
    const sign = (text: Buffer): Buffer => Buffer.from(p256.sign(text, scalar, { format: "der" }));
    return { ...keysOf(scalar, p256.getPublicKey(scalar, false)), signer: { algorithm: ecdsaWithSha256, sign } };
  };
  const own = derived("gatebox edge authority");
  const shown = derived("gatebox edge");
  const issuer = authorityName(box, own.publicKey);
  const issue = (subject: string, { publicKey }: Key, isAuthority: boolean, more: readonly Buffer[]): string =>
    certificate({ issuer, subject, publicKey, isAuthority, since, more: [keyIdentifier(publicKey), ...more] }, own.signer); // prettier-ignore
  return {
    certificate: issue(issuer, own, true, []),
    pairFor: (names) => {
      const subject = names.find((name) => isIP(name) === 0 && name.length <= 64) ?? `${box.slice(0, 40)} web servers`;
      const more = [authorityKeyIdentifier(own.publicKey), forServers, alternatives(names)];
      return { certificate: issue(subject, shown, false, more), key: shown.pem };
    },
  };
}

/** Apple's verifiers take no more than 825 days from a certificate that is valid since July 2019 or later, and any from earlier ones. */
const since = 2019;

interface Key {
  /** The private one: PKCS #8 in PEM. */
  readonly pem: string;
  readonly publicKey: KeyObject;
  readonly signer: Signer;
}

/** A key as Node has it, of its number and its uncompressed point. */
function keysOf(scalar: Uint8Array, point: Uint8Array): Pick<Key, "pem" | "publicKey"> {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", x: text(point.subarray(1, 33)), y: text(point.subarray(33)), d: text(scalar) };
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  return { pem: key.export({ format: "pem", type: "pkcs8" }).toString(), publicKey: createPublicKey(key) };
}

const ecdsaWithSha256 = sequence(objectIdentifier("2a8648ce3d040302"));

// What a key is known by, as RFC 7093 has it (2, method 1); stricter verifiers ask for it on both sides.
function identifier(key: KeyObject): Buffer {
  return fingerprint(key).subarray(0, 20);
}

function keyIdentifier(key: KeyObject): Buffer {
  return extension("551d0e", der(0x04, identifier(key)));
}

function authorityKeyIdentifier(key: KeyObject): Buffer {
  return extension("551d23", sequence(der(0x80, identifier(key))));
}

/** extKeyUsage: serverAuth. */
const forServers = extension("551d25", sequence(objectIdentifier("2b06010505070301")));
