/** What is wrong with certificates in PEM, in words that follow the name of the text. */
import { X509Certificate } from "node:crypto";

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The certificates of a text in PEM.
 *
 * @throws Error when one cannot be read; ask `pemFault` first.
 */
export function certificatesOf(text: string): X509Certificate[] {
  return (text.match(block) ?? []).map((pem) => new X509Certificate(pem));
}

/**
 * What keeps a text from being certificates in PEM; undefined for one that is.
 *
 * @param what the text, as the message names it
 * @param keyHint what to do with a private key in it: it would stand in plain in the state and on hosts
 */
export function pemFault(text: string, what: string, keyHint: string): string | undefined {
  if (text.includes("PRIVATE KEY-----")) return `${what} holds a private key: ${keyHint}`;
  const certificates = text.match(block) ?? [];
  if (certificates.length === 0) return `${what} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`;
  // What is cut off is passed over here, and refused by who reads it on the hosts.
  const marks = text.match(/-----(?:BEGIN|END) CERTIFICATE-----/g) ?? [];
  if (marks.length !== 2 * certificates.length)
    return `${what} holds part of a certificate beside ${certificates.length} whole: write all of it, or take it out`;
  const bad = certificates.findIndex((certificate) => !isCertificate(certificate));
  return bad === -1 ? undefined : `${what}: certificate ${bad + 1} of ${certificates.length} cannot be read`;
}

/** What keeps certificates that can be read from being those of authorities whose certificates hold now. */
export function caFault(text: string, what: string, now: Date): string | undefined {
  const notCa = certificatesOf(text).findIndex(({ ca }) => !ca);
  const first = validityFault(text, what, now);
  if (notCa === -1 || (first !== undefined && first.index < notCa)) return first?.message;
  return `${named(text, what, notCa)} is not that of a CA: write the one that signed it (/etc/kubernetes/pki/ca.crt)`;
}

/** The first certificate that does not hold now, and what is said of it; undefined where all do. */
export function validityFault(text: string, what: string, now: Date): { index: number; message: string } | undefined {
  for (const [index, { validFrom, validTo }] of certificatesOf(text).entries()) {
    const name = named(text, what, index);
    if (Date.parse(validTo) <= now.getTime())
      return { index, message: `${name} has expired, on ${validTo}: write the one in force` };
    if (Date.parse(validFrom) > now.getTime())
      return { index, message: `${name} is not valid before ${validFrom}: write the one in force` };
  }
  return undefined;
}

function named(text: string, what: string, index: number): string {
  const certificates = certificatesOf(text);
  const which = certificates.length === 1 ? what : `${what}, certificate ${index + 1} of ${certificates.length},`;
  return `${which} (${certificates[index]?.subject.replaceAll("\n", ", ") ?? ""})`;
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
