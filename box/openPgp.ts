/** OpenPGP public keys in ASCII armor (RFC 9580, 6.2): what is wrong with a text that should be some, and its plain form. */

const armorBlock =
  /-----BEGIN PGP PUBLIC KEY BLOCK-----[ \t]*\r?\n(?<inside>[\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/g;

/** Packets of secrets: Secret-Key and Secret-Subkey (RFC 9580, 5). */
const secretTags = new Set([5, 7]);
const publicKeyTag = 6;

/**
 * What keeps a text from being OpenPGP public keys in ASCII armor; undefined for one that is. The text is never quoted: it may be
 * a private key.
 *
 * @param what the text, as the message names it
 */
export function openPgpKeyFault(text: string, what: string): string | undefined {
  const privateKey = `${what} holds a private key, which signs packages in its owner's name: write the public one (gpg --armor --export), and treat this one as lost`;
  if (/BEGIN PGP PRIVATE KEY/.test(text)) return privateKey;
  const blocks = [...text.matchAll(armorBlock)];
  if (blocks.length === 0)
    return `${what} holds no OpenPGP public key in ASCII armor (-----BEGIN PGP PUBLIC KEY BLOCK-----): write what "gpg --armor --export" does`;
  const marks = text.match(/-----(?:BEGIN|END) PGP /g) ?? [];
  const packets = blocks.map(({ groups }) => packetsOf(groups?.["inside"] ?? ""));
  if (marks.length !== 2 * blocks.length || packets.some((one) => one === undefined))
    return `${what} is an OpenPGP key that was cut or changed on its way: write all of it, as "gpg --armor --export" does`;
  const tags = packets.flatMap((one) => tagsOf(one ?? Buffer.alloc(0)) ?? [undefined]);
  if (tags.some((tag) => tag !== undefined && secretTags.has(tag))) return privateKey;
  if (tags.includes(undefined) || tags[0] !== publicKeyTag)
    return `${what} is armored as an OpenPGP public key, and holds none: write what "gpg --armor --export" does`;
  return undefined;
}

/**
 * The keys of a text in one block of ASCII armor, without comments: apt before version 2.9 reads the first block of a file alone.
 *
 * @throws Error for what is none; ask `openPgpKeyFault` first.
 */
export function openPgpKeys(text: string): string {
  const packets = [...text.matchAll(armorBlock)].map(({ groups }) => packetsOf(groups?.["inside"] ?? ""));
  if (packets.length === 0 || packets.includes(undefined)) throw new Error("not an OpenPGP public key in ASCII armor");
  const all = Buffer.concat(packets.map((one) => one ?? Buffer.alloc(0)));
  const lines = all.toString("base64").match(/.{1,64}/g) ?? [];
  const body = [...lines, `=${checksum(all).toString("base64")}`].join("\n");
  return `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${body}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
}

/** The packets inside of the armor; undefined where they are no Base64, or not what their checksum was made of. */
function packetsOf(inside: string): Buffer | undefined {
  const [, body] = /^(?:[A-Za-z][^\r\n]*:[^\r\n]*\r?\n)*[ \t]*\r?\n([\s\S]*)$/.exec(inside) ?? [];
  const [, base64 = "", sum] = /^([A-Za-z0-9+/\s]+={0,2})\s*(?:^=([A-Za-z0-9+/]{4})\s*)?$/m.exec(body ?? "") ?? [];
  const compact = base64.replace(/\s/g, "");
  if (compact.length === 0 || compact.length % 4 !== 0) return undefined;
  const packets = Buffer.from(compact, "base64");
  return sum === undefined || checksum(packets).toString("base64") === sum ? packets : undefined;
}

/** CRC-24 of RFC 9580, 6.1.1. */
function checksum(bytes: Uint8Array): Buffer {
  let sum = 0xb704ce;
  for (const byte of bytes) {
    sum ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x800000 ? ((sum << 1) ^ 0x864cfb) & 0xffffff : sum << 1;
  }
  return Buffer.from([sum >> 16, (sum >> 8) & 0xff, sum & 0xff]);
}

/** The tags of all packets in their order (RFC 9580, 4.2); undefined where they do not fill the bytes. */
function tagsOf(bytes: Buffer): number[] | undefined {
  const tags: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0;
    const length = (first & 0x40) === 0 ? oldLength(bytes, at) : newLength(bytes, at);
    if ((first & 0x80) === 0 || length === undefined) return undefined;
    tags.push((first & 0x40) === 0 ? (first >> 2) & 0x0f : first & 0x3f);
    at = length.from + length.bytes;
    if (at > bytes.length) return undefined;
  }
  return tags;
}

/** Where the body of a packet begins, and how long it is. */
interface Length {
  readonly from: number;
  readonly bytes: number;
}

/** In the OpenPGP format (RFC 9580, 4.2.1). Keys have no partial lengths. */
function newLength(bytes: Buffer, at: number): Length | undefined {
  const first = bytes[at + 1];
  if (first === undefined || (first >= 224 && first < 255)) return undefined;
  if (first < 192) return { from: at + 2, bytes: first };
  if (first < 224) return { from: at + 3, bytes: ((first - 192) << 8) + (bytes[at + 2] ?? 0) + 192 };
  return at + 6 > bytes.length ? undefined : { from: at + 6, bytes: bytes.readUInt32BE(at + 2) };
}

/** In the legacy format (RFC 9580, 4.2.2): one, two or four bytes. What has no length ends nowhere. */
function oldLength(bytes: Buffer, at: number): Length | undefined {
  const width = [1, 2, 4, 0][(bytes[at] ?? 0) & 0x03] ?? 0;
  return width === 0 || at + 1 + width > bytes.length
    ? undefined
    : { from: at + 1 + width, bytes: bytes.readUIntBE(at + 1, width) };
}
