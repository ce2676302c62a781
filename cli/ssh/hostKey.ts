import { createHash } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";

/** A public host key as a server has shown it. */
export interface ShownKey {
  /** For example `ssh-ed25519`. */
  readonly type: string;
  /** `TYPE BASE64`, as a stack file has it. */
  readonly text: string;
}

/** The key of a blob (RFC 4253, 6.6): its type stands in its first field. */
export function shownKey(blob: Buffer): ShownKey {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
  const type = blob.subarray(4, 4 + length).toString("latin1");
  return { type, text: `${type} ${blob.toString("base64")}` };
}

/**
 * A key as people compare it, as `ssh-keygen -l` prints it.
 *
 * @param key `TYPE BASE64`
 */
export function fingerprintOf(key: string): string {
  const blob = Buffer.from(key.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

const all: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** What a server is asked to prove itself with: the declared kind of key first, and any other, so that its key can be named. */
export function hostKeyAlgorithms(declared: string | undefined): ServerHostKeyAlgorithm[] {
  const type = declared?.split(" ", 1)[0];
  return [...all].sort((one, other) => Number(other === type) - Number(one === type));
}
