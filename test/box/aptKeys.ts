/** OpenPGP texts for tests, made of packets that look like keys; nothing is signed with them. */

/** A text in ASCII armor of these packets, each a tag and as many bytes as it is long. */
export function armored(
  kind: "PUBLIC" | "PRIVATE",
  packets: readonly (readonly [tag: number, bytes: number])[],
): string {
  const body = Buffer.concat(
    packets.map(([tag, bytes]) => Buffer.concat([header(tag, bytes), Buffer.alloc(bytes, tag)])),
  );
  const lines = body.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN PGP ${kind} KEY BLOCK-----`, "Comment: made for a test", "", ...lines, `-----END PGP ${kind} KEY BLOCK-----`, ""].join("\n"); // prettier-ignore
}

function header(tag: number, bytes: number): Buffer {
  if (bytes < 192) return Buffer.from([0xc0 | tag, bytes]);
  return Buffer.from([0xc0 | tag, 255, bytes >>> 24, (bytes >>> 16) & 0xff, (bytes >>> 8) & 0xff, bytes & 0xff]);
}

/** Public-Key, User ID and Signature packets. */
export const publicKey = armored("PUBLIC", [
  [6, 51],
  [13, 20],
  [2, 300],
]);

/** Where the Protobox could get Consul from. */
export const hashicorp = {
  url: "https://apt.example.org/hashicorp",
  suite: "bookworm",
  components: ["main"],
  key: publicKey,
};
