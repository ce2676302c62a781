/** Certificates as RFC 5280 says, of whatever algorithm. The same arguments make the same certificate. */
import { createHash, type KeyObject } from "node:crypto";
import { bits, der, explicit, integer, objectIdentifier, sequence } from "./der.ts";

/** Who signs. */
export interface Signer {
  /** Its algorithm, as a certificate has it. */
  readonly algorithm: Buffer;
  /** Depends on the text alone. */
  readonly sign: (text: Buffer) => Buffer;
}

/** What a certificate says. */
export interface Wanted {
  /** Common names. */
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly isAuthority: boolean;
  /** The year from whose first second on it is valid; there is no end (4.1.2.5). */
  readonly since: number;
  /** Further extensions, each as `extension` makes it. */
  readonly more?: readonly Buffer[];
}

/** A certificate, in PEM. */
export function certificate(wanted: Wanted, { algorithm, sign }: Signer): string {
  const { issuer, subject, publicKey, isAuthority, since, more = [] } = wanted;
  // Another text has another number, or browsers that know the one before it refuse it.
  const serial = createHash("sha256").update(`${issuer}\n${subject}\n`).update(fingerprint(publicKey)).update(Buffer.concat(more)).digest().subarray(0, 16); // prettier-ignore
  // The first bit is a sign, and the first byte must not be superfluous.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const begin = `${String(since % 100).padStart(2, "0")}0101000000Z`;
  const signed = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    distinguishedName(issuer),
    sequence(der(0x17, Buffer.from(begin)), der(0x18, Buffer.from("99991231235959Z"))),
    distinguishedName(subject),
    publicKey.export({ format: "der", type: "spki" }),
    explicit(3, sequence(...basicExtensions(isAuthority), ...more)),
  );
  const whole = sequence(signed, algorithm, bits(sign(signed)));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** What a key is known by. */
export function fingerprint(key: KeyObject): Buffer {
  return createHash("sha256").update(key.export({ format: "der", type: "spki" })).digest(); // prettier-ignore
}

/** The name of an authority: with another key it is another one, so that no verifier takes one for the other. */
export function authorityName(box: string, key: KeyObject): string {
  return `Gatebox ${box.slice(0, 40)} ${fingerprint(key).toString("hex").slice(0, 8)}`;
}

/** One extension: its object identifier's digits and its value. */
export function extension(oid: string, value: Buffer, isCritical = false): Buffer {
  const critical = isCritical ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence(objectIdentifier(oid), ...critical, der(0x04, value));
}

/** Both critical: basicConstraints, and keyUsage (keyCertSign and cRLSign, or digitalSignature). */
function basicExtensions(isAuthority: boolean): Buffer[] {
  return [
    extension("551d13", isAuthority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence(), true),
    extension("551d0f", der(0x03, Buffer.from(isAuthority ? [1, 0x06] : [7, 0x80])), true),
  ];
}

/** `CN=…` alone. */
function distinguishedName(commonName: string): Buffer {
  const value = Buffer.from(commonName);
  // X.520 ends a common name at 64 characters.
  if (value.length === 0 || value.length > 64) throw new Error(`${commonName} is no common name of a certificate`);
  return sequence(der(0x31, sequence(objectIdentifier("550403"), der(0x0c, value))));
}
