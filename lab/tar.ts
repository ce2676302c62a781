/** Archives in the ustar format (POSIX.1-1988), the same bytes for the same files on every run and every machine. */

/** One file of an archive. */
export interface TarFile {
  /** Path without a leading slash, at most 100 bytes. */
  readonly path: string;
  readonly content: string | Buffer;
  /** Permissions, by default 0644. */
  readonly mode?: number;
}

const BLOCK = 512;

/** Where each field of a header block begins, and its length. */
const FIELDS = {
  path: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const satisfies Record<string, readonly [offset: number, length: number]>;

/**
 * Packs files into an archive, owned by root and dated 1970, in the order given.
 *
 * @throws when a path is longer than the format's 100 bytes
 * @example
 * tar([{ path: "etc/hostname", content: "node-1\n" }]);
 */
export function tar(files: readonly TarFile[]): Buffer {
  return Buffer.concat([...files.flatMap(entry), Buffer.alloc(2 * BLOCK)]);
}

function entry({ path, content, mode = 0o644 }: TarFile): Buffer[] {
  const body = Buffer.from(content);
  const padding = Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK);
  return [header(path, body.length, mode), body, padding];
}

function header(path: string, size: number, mode: number): Buffer {
  if (Buffer.byteLength(path) > FIELDS.path[1]) {
    throw new Error(`path "${path}": an archive's paths have at most ${FIELDS.path[1]} bytes; choose a shorter one`);
  }
  const block = Buffer.alloc(BLOCK);
  const write = (field: keyof typeof FIELDS, text: string): void => {
    block.write(text, FIELDS[field][0], FIELDS[field][1], "utf8");
  };
  const writeOctal = (field: keyof typeof FIELDS, value: number): void =>
    write(field, value.toString(8).padStart(FIELDS[field][1] - 1, "0"));

  write("path", path);
  writeOctal("mode", mode);
  writeOctal("owner", 0);
  writeOctal("group", 0);
  writeOctal("size", size);
  writeOctal("modified", 0);
  write("type", "0");
  write("magic", "ustar\x0000");
  // The checksum is that of the block with spaces in the checksum's own place.
  write("checksum", " ".repeat(FIELDS.checksum[1]));
  const sum = block.reduce((total, byte) => total + byte, 0);
  write("checksum", `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}
