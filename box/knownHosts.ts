import { createHmac } from "node:crypto";
import { hostKeyFault, hostKeyPreference, uselessHostKey, withoutComment } from "./sshKeys.ts";

interface Entry {
  /** Plain names of the line, or none when the line is hashed or has patterns. */
  readonly names: readonly string[];
  /** Salt and hash of a hashed line. */
  readonly hashed?: { readonly salt: Buffer; readonly hash: string };
  readonly key: string;
  readonly line: number;
}

/** A line of the file that names a host, and what is wrong with its key. */
export interface FaultyLine {
  readonly line: number;
  readonly fault: string;
}

/** The outcome of a search for a host's key. */
export interface FoundKey {
  readonly key?: string;
  /** Lines that name the host but hold no key. */
  readonly malformed: readonly FaultyLine[];
  /** Lines with a key of the host of a type that cannot be used (RSA): of no interest where there is another. */
  readonly useless: readonly FaultyLine[];
}

/**
 * The text of an OpenSSH `known_hosts` file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). Names may be plain or hashed; lines
 * with wildcards and those marked `@cert-authority` are left out, and keys marked `@revoked` are never given.
 */
export class KnownHosts {
  readonly #byName = new Map<string, Entry[]>();
  readonly #hashed: Entry[] = [];
  readonly #revoked = new Set<string>();

  constructor(text: string) {
    for (const [index, line] of text.split("\n").entries()) this.#read(line.trim(), index + 1);
  }

  /**
   * Finds the key of a host that goes by any of these names or addresses; earlier ones win, then stronger key types. Keys of
   * types that cannot be used are passed over.
   * With a port other than 22 the file's form is `[name]:port`.
   */
  find(namesAndAddresses: readonly string[], port: number): FoundKey {
    const malformed: FaultyLine[] = [];
    const useless: FaultyLine[] = [];
    for (const name of namesAndAddresses) {
      const sought = port === 22 ? name : `[${name}]:${port}`;
      const usable: string[] = [];
      for (const { key, line } of this.#entriesOf(sought)) {
        const kind = uselessHostKey(key);
        const fault = hostKeyFault(key);
        if (kind !== undefined) useless.push({ line, fault: kind });
        else if (fault !== undefined) malformed.push({ line, fault });
        else if (!this.#revoked.has(withoutComment(key))) usable.push(withoutComment(key));
      }
      const [key] = usable.sort((left, right) => hostKeyPreference(left) - hostKeyPreference(right));
      if (key !== undefined) return { key, malformed, useless };
    }
    return { malformed, useless };
  }

  #read(text: string, line: number): void {
    if (text === "" || text.startsWith("#")) return;
    const fields = text.split(/\s+/);
    const marker = fields[0]?.startsWith("@") ? fields.shift() : undefined;
    const [names = "", ...key] = fields;
    if (marker === "@revoked") this.#revoked.add(withoutComment(key.join(" ")));
    if (marker !== undefined) return;
    if (names.startsWith("|1|")) {
      const [, , salt = "", hash = ""] = names.split("|");
      this.#hashed.push({ names: [], hashed: { salt: Buffer.from(salt, "base64"), hash }, key: key.join(" "), line });
      return;
    }
    const entry = { names: names.split(",").filter((name) => !/[*?!]/.test(name)), key: key.join(" "), line };
    for (const name of entry.names) this.#byName.set(name, [...(this.#byName.get(name) ?? []), entry]);
  }

  #entriesOf(name: string): Entry[] {
    const hashed = this.#hashed.filter(
      ({ hashed }) => hashed && createHmac("sha1", hashed.salt).update(name).digest("base64") === hashed.hash,
    );
    return [...(this.#byName.get(name) ?? []), ...hashed];
  }
}
