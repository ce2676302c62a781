/**
 * Types of host keys that can be used, preferred first, with the number of fields behind the type in the key's blob. They are
 * those by which OpenSSH's servers and Pulumi's plugin `command` understand each other.
 */
const hostKeyTypes = new Map([
  ["ssh-ed25519", 1],
  ["ecdsa-sha2-nistp256", 2],
  ["ecdsa-sha2-nistp384", 2],
  ["ecdsa-sha2-nistp521", 2],
]);

/**
 * Why a type of key that OpenSSH knows is of no use as a host key. The plugin asks the server for signatures by the very name
 * of the key's type, and for no others.
 */
function uselessness(type: string): string | undefined {
  if (type === "ssh-rsa")
    return "Pulumi's plugin asks a host with an RSA key for signatures with SHA-1, which sshd has not made since OpenSSH 8.8";
  if (type === "ssh-dss") return "sshd no longer has DSA keys";
  if (/-cert-v\d+@openssh\.com$/.test(type)) return "it is a certificate, and the key itself is wanted";
  if (type.startsWith("sk-") || type.startsWith("webauthn-sk-")) return "it is a security key's, which proves a person";
  return undefined;
}

/** The kinds of host keys that can be used, and where a host has the one to choose. */
export const usableHostKey =
  "write an Ed25519 or ECDSA key, such as the line of /etc/ssh/ssh_host_ed25519_key.pub of the host (ssh-ed25519 AAAA…)";

/** What is wrong with a key that is one, but of a type that cannot be used; nothing for all others. */
export function uselessHostKey(key: string): string | undefined {
  const [type = ""] = key.trim().split(/\s+/);
  const why = uselessness(type);
  return why === undefined ? undefined : `a host key of type ${type} cannot be used: ${why}`;
}

/** Length in bytes of an Ed25519 public key (RFC 8709). */
const ED25519_LENGTH = 32;

/** Orders key types: Ed25519 before ECDSA. */
export function hostKeyPreference(key: string): number {
  const type = key.split(" ", 1)[0] ?? "";
  return [...hostKeyTypes.keys()].indexOf(type);
}

/**
 * Says what is wrong with the form of a public host key of a type that can be used, or nothing. A key is `TYPE BASE64`, optionally followed by a comment, and its
 * blob is a sequence of length-prefixed fields (RFC 4253, 6.6) that begins with the type again.
 */
export function hostKeyFault(key: string): string | undefined {
  const [type = "", base64 = ""] = key.trim().split(/\s+/);
  const fields = hostKeyTypes.get(type);
  if (fields === undefined) return `its type ${JSON.stringify(type)} is none of ${[...hostKeyTypes.keys()].join(", ")}`;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return "what follows the type is not Base64";
  const blob = blobFields(Buffer.from(base64, "base64"));
  if (blob !== undefined && blob[0]?.toString("latin1") !== type)
    return `it says ${type} but holds a key of another type`;
  if (blob?.length !== fields + 1) return "it is cut off or has surplus bytes";
  if (type === "ssh-ed25519" && blob[1]?.length !== ED25519_LENGTH) return "it is cut off or has surplus bytes";
  return undefined;
}

/** A key without its comment: `TYPE BASE64`. */
export function withoutComment(key: string): string {
  return key.trim().split(/\s+/).slice(0, 2).join(" ");
}

/** Splits a blob into its fields; undefined when the lengths do not fit. */
function blobFields(blob: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  let offset = 0;
  while (offset < blob.length) {
    if (offset + 4 > blob.length) return undefined;
    const end = offset + 4 + blob.readUInt32BE(offset);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(offset + 4, end));
    offset = end;
  }
  return fields;
}
