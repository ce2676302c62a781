import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import ssh2 from "ssh2";
import type { AnyAuthMethod, ParsedKey } from "ssh2";

/** A private key in a file that needs no passphrase. */
export interface KeyFile {
  /** As a person writes it: `~/.ssh/id_ed25519`. */
  readonly name: string;
  readonly key: ParsedKey;
}

/**
 * What proves who logs in: the agent, which is all that `up` goes by, or, where it has no keys, files, as ssh(1) would. With
 * neither a visit ends before the log-in.
 */
export type Keys = { readonly agent: string } | { readonly files: readonly KeyFile[] };

/** What ssh(1) looks for, in its order. */
const NAMES = ["id_rsa", "id_ecdsa", "id_ed25519"] as const;

/** Far more than any private key takes. */
const MOST_BYTES = 64 * 1024;

/** The keys in a home folder that ssh(1) would use without asking for anything. */
export async function keyFilesIn(home: string): Promise<readonly KeyFile[]> {
  const found = await Promise.all(
    NAMES.map(async (name) => ({ name, key: await keyIn(path.join(home, ".ssh", name)) })),
  );
  return found.flatMap(({ name, key }) => (key === undefined ? [] : [{ name: `~/.ssh/${name}`, key }]));
}

async function keyIn(file: string): Promise<ParsedKey | undefined> {
  try {
    const about = await stat(file);
    // A pipe would be waited for without end.
    if (!about.isFile() || about.size > MOST_BYTES) return undefined;
    const key = ssh2.utils.parseKey(await readFile(file));
    return key instanceof Error || !key.isPrivateKey() ? undefined : key;
  } catch {
    return undefined;
  }
}

/** The ways of a log-in, in the form of the SSH library; empty where there is none. */
export function authMethods(keys: Keys, username: string): AnyAuthMethod[] {
  if ("agent" in keys) return [{ type: "agent", username, agent: keys.agent }];
  return keys.files.map(({ key }) => ({ type: "publickey", username, key }));
}

/** Names of files, as a sentence has them. */
export function namesOf(files: readonly KeyFile[]): string {
  return files.map(({ name }) => name).join(" and ");
}
