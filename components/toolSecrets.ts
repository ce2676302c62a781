import { createHmac, scryptSync } from "node:crypto";
import { passwordFault, toolsOf, type Box } from "../box/index.ts";
import { sha512Crypt } from "../host/sha512Crypt.ts";
import type { ToolSecrets } from "../render/tools/users.ts";

/**
 * What web servers are told of the password of a box's tools. It is the same for the same password, so that an `up` without a change
 * has none.
 *
 * @throws Error that says what is wrong with the password, and never quotes it.
 */
export function toolSecretsOf(box: Box, password: string): ToolSecrets {
  const fault = passwordFault(password);
  if (fault !== undefined) throw new Error(`the password of the tools of ${box.name} ${fault}`);
  // Slow to follow from a guess, for a browser shows what its cookie holds to whoever can read its files.
  const derived = scryptSync(password, `gatebox tools ${box.name} ${toolsOf(box).username}`, 32);
  const of = (purpose: string): Buffer => createHmac("sha256", derived).update(purpose).digest();
  const salt = of("salt").toString("base64").replace(/[+=]/g, ".").slice(0, 16);
  return { hash: sha512Crypt(password, salt), known: of("known").toString("hex") };
}
