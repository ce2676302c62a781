/** Hashes of passwords as glibc's crypt(3) reads them, which nginx asks. */
import { createHash, type Hash } from "node:crypto";

/** Rounds where a hash names none. */
const rounds = 5000;

const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * `$6$SALT$HASH`, SHA-512 with 5000 rounds: some milliseconds for a web server at each request, where bcrypt would take a tenth of
 * a second of a worker that serves everybody else meanwhile.
 *
 * @param salt up to 16 characters of those that crypt takes
 * @throws Error for any other salt.
 * @see https://www.akkadia.org/drepper/SHA-crypt.txt, whose steps the comments name
 * @example sha512Crypt("Hello world!", "saltstring") // "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJuesI68OTLiBFdcbYEdFCoEOfaS35inz1"
 */
export function sha512Crypt(password: string, salt: string): string {
  if (!/^[./0-9A-Za-z]{1,16}$/.test(salt)) throw new Error("a salt has 1 to 16 letters, digits, dots and slashes");
  const key = Buffer.from(password, "utf8");
  const saltBytes = Buffer.from(salt, "ascii");
  let digest = firstDigest(key, saltBytes);
  // Steps 13 to 20: the password and the salt, each stretched to its own length.
  const keys = repeated(digestOf(...Array.from({ length: key.length }, () => key)), key.length);
  const salts = repeated(digestOf(...Array.from({ length: 16 + (digest[0] ?? 0) }, () => saltBytes)), saltBytes.length);
  // Step 21.
  for (let round = 0; round < rounds; round++) {
    const isOdd = round % 2 === 1;
    const parts = [isOdd ? keys : digest];
    if (round % 3 !== 0) parts.push(salts);
    if (round % 7 !== 0) parts.push(keys);
    digest = digestOf(...parts, isOdd ? digest : keys);
  }
  return `$6$${salt}$${encoded(digest)}`;
}

/** Steps 1 to 12. */
function firstDigest(key: Buffer, salt: Buffer): Buffer {
  const other = digestOf(key, salt, key);
  const hash: Hash = createHash("sha512").update(key).update(salt).update(repeated(other, key.length));
  for (let bits = key.length; bits > 0; bits >>= 1) hash.update(bits % 2 === 1 ? other : key);
  return hash.digest();
}

function digestOf(...parts: readonly Buffer[]): Buffer {
  return createHash("sha512").update(Buffer.concat(parts)).digest();
}

function repeated(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, length === 0 ? undefined : digest);
}

/** Step 22: three bytes are four characters, of bytes a third of the digest apart, which change places from group to group. */
function encoded(digest: Buffer): string {
  let text = "";
  for (let group = 0; group < 21; group++) {
    const bytes = [group, group + 21, group + 42];
    const [high = 0, middle = 0, low = 0] = [0, 1, 2].map((place) => digest[bytes[(place + group) % 3] ?? 0] ?? 0);
    text += characters((high << 16) | (middle << 8) | low, 4);
  }
  return text + characters(digest[63] ?? 0, 2);
}

function characters(bits: number, count: number): string {
  return Array.from({ length: count }, (_, index) => alphabet.charAt((bits >> (6 * index)) & 63)).join("");
}
