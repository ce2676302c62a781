/**
 * Certificates that the hosts of a box show each other. They are a pure function of a secret of the stack (the authority's)
 * and of each host's public key, whose private one never leaves the host: so they come out the same at every run, a new host
 * is known to all others without a word to them, and no host is needed to make them.
 *
 * Ed25519 (RFC 8410): a key is any 32 bytes, and a signature depends on the key and the text alone.
 */
import { createHash, createPrivateKey, createPublicKey, hkdfSync, sign, type KeyObject } from "node:crypto";

/** Whoever signs the certificates of a box. */
export interface Authority {
  /** Its own certificate, in PEM. */
  readonly certificate: string;
  /** A certificate for a host, in PEM. @throws Error for what is no public key in PEM. */
  readonly certify: (commonName: string, publicKey: string) => string;
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
  // The name of an authority with another secret is another one, so that no verifier takes one for the other.
  const name = `Gatebox ${box.slice(0, 40)} ${fingerprint(own).toString("hex").slice(0, 8)}`;
  const issue = (subject: string, publicKey: KeyObject, isAuthority: boolean): string =>
    certificate({ issuer: name, subject, publicKey, isAuthority, key });
  return {
    certificate: issue(name, own, true),
    certify: (commonName, publicKey) => issue(commonName, createPublicKey(publicKey), false),
  };
}

/** PKCS #8 of an Ed25519 key, up to its 32 bytes. */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

interface Wanted {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly isAuthority: boolean;
  readonly key: KeyObject;
}

/** A certificate as RFC 5280 says, in PEM. */
function certificate({ issuer, subject, publicKey, isAuthority, key }: Wanted): string {
  const serial = createHash("sha256").update(`${issuer}\n${subject}\n`).update(fingerprint(publicKey)).digest().subarray(0, 16); // prettier-ignore
  // The first bit is a sign, and the first byte must not be superfluous.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const signed = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ed25519,
    distinguishedName(issuer),
    sequence(der(0x17, Buffer.from("200101000000Z")), der(0x18, Buffer.from("99991231235959Z"))),
    distinguishedName(subject),
    publicKey.export({ format: "der", type: "spki" }),
    explicit(3, sequence(...extensions(isAuthority))),
  );
  const whole = sequence(signed, ed25519, bits(sign(null, signed, key)));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** Both critical: basicConstraints, and keyUsage (keyCertSign and cRLSign, or digitalSignature). */
function extensions(isAuthority: boolean): Buffer[] {
  const critical = (oid: string, value: Buffer): Buffer =>
    sequence(der(0x06, Buffer.from(oid, "hex")), der(0x01, Buffer.from([0xff])), der(0x04, value));
  return [
    critical("551d13", isAuthority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence()),
    critical("551d0f", der(0x03, Buffer.from(isAuthority ? [1, 0x06] : [7, 0x80]))),
  ];
}

function fingerprint(key: KeyObject): Buffer {
  return createHash("sha256").update(key.export({ format: "der", type: "spki" })).digest(); // prettier-ignore
}

/** `CN=…` alone. */
function distinguishedName(commonName: string): Buffer {
  const value = Buffer.from(commonName);
  // X.520 ends a common name at 64 characters.
  if (value.length === 0 || value.length > 64) throw new Error(`${commonName} is no common name of a certificate`);
  return sequence(der(0x31, sequence(der(0x06, Buffer.from("550403", "hex")), der(0x0c, value))));
}

const ed25519 = sequence(der(0x06, Buffer.from("2b6570", "hex")));

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function explicit(number: number, content: Buffer): Buffer {
  return der(0xa0 + number, content);
}

function integer(content: Buffer): Buffer {
  return der(0x02, content);
}

function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), content]));
}

/** Tag, length and content; lengths of 128 and more are written with their own length before them (X.690, 8.1.3). */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
}
