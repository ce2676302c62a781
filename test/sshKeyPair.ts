import ssh2 from "ssh2";
import type { ParsedKey } from "ssh2";

/** A key pair of OpenSSH's form that ssh2 can read: of the ed25519 ones that it makes itself, it cannot read one in some hundreds. */
export function sshKeyPair(
  kind: string,
  bits: number,
): { readonly private: string; readonly public: string; readonly parsed: ParsedKey } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync(kind as "ecdsa", { bits: bits as 256 });
    const parsed = ssh2.utils.parseKey(pair.private);
    if (!(parsed instanceof Error)) return { ...pair, parsed };
  }
}
