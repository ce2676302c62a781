import { createHash } from "node:crypto";

/** A public Ed25519 host key in OpenSSH's form, the same for the same seed. No machine has its private half. */
export function hostKeyFor(seed: string): string {
  const type = Buffer.from("ssh-ed25519");
  const key = createHash("sha256").update(seed).digest();
  return `ssh-ed25519 ${Buffer.concat([lengthOf(type), type, lengthOf(key), key]).toString("base64")}`;
}

/** How many fields follow the type in the blob of a key. */
const fieldsOf = new Map([
  ["ssh-ed25519", 1],
  ["ssh-dss", 4],
  ["sk-ssh-ed25519@openssh.com", 2],
  ["sk-ecdsa-sha2-nistp256@openssh.com", 3],
]);

/** What has the form of a public key of a type, the same for the same seed. */
export function keyOfType(type: string, seed: string): string {
  const digest = (field: number) => createHash("sha256").update(`${type} ${field} ${seed}`).digest();
  const blob = [Buffer.from(type), ...Array.from({ length: fieldsOf.get(type) ?? 2 }, (_, field) => digest(field))];
  return `${type} ${Buffer.concat(blob.flatMap((field) => [lengthOf(field), field])).toString("base64")}`;
}

function lengthOf(field: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(field.length);
  return bytes;
}

/** The text of a known_hosts file with a line for each name. */
export function knownHostsFor(names: Iterable<string>): string {
  return [...names].map((name) => `${name} ${hostKeyFor(name)}\n`).join("");
}
