import { createDecipheriv, pbkdf2 } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { bounded } from "../../../box/printable.ts";
import { fine, warning, wrong, type Finding } from "../finding.ts";
import type { Machine } from "./machine.ts";

/** What a stack file says about its secrets, beside the configuration. */
export interface SecretsOf {
  /** How Pulumi recognizes the passphrase. */
  readonly encryptionsalt?: unknown;
  /** Whoever keeps the key where no passphrase does. */
  readonly secretsprovider?: unknown;
}

/** Of Pulumi's `NewSymmetricCrypterFromPassphrase`: PBKDF2 by SHA-256, and AES-256 in GCM. */
const ITERATIONS = 1_000_000;
const KEY_BYTES = 32;
const TAG_BYTES = 16;

const hint = "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file with it";

/** Whether the passphrase of the stack's secrets is at hand and is the right one; nothing where none is needed. */
export async function passphraseFindings(
  backend: string | undefined,
  { encryptionsalt, secretsprovider }: SecretsOf,
  { folder, env }: Machine,
): Promise<readonly Finding[]> {
  const isKeptElsewhere = typeof secretsprovider === "string" && !["", "passphrase"].includes(secretsprovider);
  const isOfService = backend === undefined || /^https?:/.test(backend);
  if (isKeptElsewhere || (encryptionsalt === undefined && isOfService)) return [];
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "";
  const given = env["PULUMI_CONFIG_PASSPHRASE"] ?? (file === "" ? undefined : await textOf(path.resolve(folder, file)));
  if (given === undefined && file !== "")
    return [wrong("passphrase", `${bounded(file)}, which PULUMI_CONFIG_PASSPHRASE_FILE names, cannot be read`, hint)];
  if (given === undefined) return [warning("passphrase", "is not set, so Pulumi will ask for it", hint)];
  if (typeof encryptionsalt !== "string") return [fine("passphrase", "passphrase")];
  if (await isPassphrase(given, encryptionsalt)) return [fine("passphrase", "passphrase")];
  return [wrong("passphrase", "is not that of the stack: its encryptionsalt says so", hint)];
}

async function textOf(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text?.trim();
}

/** Whether a passphrase opens the word that `encryptionsalt` keeps locked: `v1:SALT:v1:NONCE:CIPHERTEXT`. */
export async function isPassphrase(passphrase: string, encryptionsalt: string): Promise<boolean> {
  const [, salt = "", , nonce = "", locked = ""] = encryptionsalt.split(":");
  const bytes = Buffer.from(locked, "base64");
  try {
    const key = await promisify(pbkdf2)(passphrase, Buffer.from(salt, "base64"), ITERATIONS, KEY_BYTES, "sha256");
    const opening = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    opening.setAuthTag(bytes.subarray(-TAG_BYTES));
    const word = Buffer.concat([opening.update(bytes.subarray(0, -TAG_BYTES)), opening.final()]);
    return word.toString("utf8") === "pulumi";
  } catch {
    return false;
  }
}
