import { createHash } from "node:crypto";

/** A public Ed25519 host key in OpenSSH's form, the same for the same seed. No machine has its private half. */
export function hostKeyFor(seed: string): string {
  const type = Buffer.from("ssh-ed25519");
  const key = createHash("sha256").update(seed).digest();
  const length = (field: Buffer) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(field.length);
    return bytes;
  };
  return `ssh-ed25519 ${Buffer.concat([length(type), type, length(key), key]).toString("base64")}`;
}

/** The text of a known_hosts file with a line for each name. */
export function knownHostsFor(names: Iterable<string>): string {
  return [...names].map((name) => `${name} ${hostKeyFor(name)}\n`).join("");
}
