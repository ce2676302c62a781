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
  const bad = certificates.findIndex((certificate) => !isCertificate(certificate));
  return bad === -1 ? undefined : `${what}: certificate ${bad + 1} of ${certificates.length} cannot be read`;
}

/** What keeps certificates that can be read from being those of authorities whose certificates hold now. */
export function caFault(text: string, what: string, now: Date): string | undefined {
  const certificates = certificatesOf(text);
  const which = (index: number): string =>
    certificates.length === 1 ? what : `${what}, certificate ${index + 1} of ${certificates.length},`;
  for (const [index, { ca, subject, validFrom, validTo }] of certificates.entries()) {
    const named = `${which(index)} (${subject.replaceAll("\n", ", ")})`;
    if (!ca) return `${named} is not that of a CA: write the one that signed it (/etc/kubernetes/pki/ca.crt)`;
    if (Date.parse(validTo) <= now.getTime()) return `${named} has expired, on ${validTo}: write the one in force`;
    if (Date.parse(validFrom) > now.getTime())
      return `${named} is not valid before ${validFrom}: write the one in force`;
  }
  return undefined;
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
