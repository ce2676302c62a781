/** What certificates are written in: ITU-T X.690's DER. Each value is a tag, the length of its content, and the content. */

/** One value. Lengths of 128 and more are written with their own length before them (8.1.3). */
export function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const hex = length.toString(16);
  const long = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + long.length, ...long];
  return Buffer.concat([Buffer.from(head), content]);
}

export function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

export function explicit(number: number, content: Buffer): Buffer {
  return der(0xa0 + number, content);
}

/** A number that is not negative, most significant byte first: the caller writes no superfluous byte. */
export function integer(content: Buffer): Buffer {
  return der(0x02, content);
}

/** Whole bytes as a string of bits. */
export function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), content]));
}

/** The name of a thing, in the hexadecimal digits of its encoding. */
export function objectIdentifier(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}
