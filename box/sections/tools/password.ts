/** The shortest password that may be given. */
const fewest = 12;

/** The longest that crypt(5) takes (CRYPT_MAX_PASSPHRASE_SIZE of libxcrypt is 512 bytes, the last of which ends it). */
const mostBytes = 511;

/**
 * What is wrong with a password that the web servers are to ask for; undefined where nothing is. It never quotes the password.
 *
 * @example passwordFault("hunter2") // "is shorter than 12 characters: …"
 */
export function passwordFault(password: string): string | undefined {
  if (Array.from(password).length < fewest)
    return `is shorter than ${fewest} characters: set a longer one, or none, and one is made`;
  // eslint-disable-next-line no-control-regex -- control characters are what must not stand there
  if (/[\u0000-\u001f\u007f]/.test(password)) return "holds control characters, a line end perhaps: set one without";
  if (Buffer.byteLength(password) > mostBytes) return `is longer than ${mostBytes} bytes: set a shorter one`;
  return undefined;
}
