/** As much of HTTP/2 (RFC 9113, RFC 7541) as it takes to send any head and to read a body. */

const magic = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const types = { data: 0, headers: 1, reset: 3, settings: 4, goAway: 7 } as const;
const endStream = 1;
const endHeaders = 4;

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** What a client begins with. */
export const preface: Buffer = Buffer.concat([Buffer.from(magic), frame(types.settings, 0, 0, Buffer.alloc(0))]);

/** A length in 7 bits, or more where these do not do. */
function length(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  return Buffer.concat([length(bytes.length), bytes]);
}

/** The head of a request without a body; each header a literal that nobody keeps. */
export function headersFrame(head: readonly (readonly [name: string, value: string])[]): Buffer {
  const fields = head.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)]));
  return frame(types.headers, endStream | endHeaders, 1, Buffer.concat(fields));
}

/** The body that has come so far, and whether nothing more of it will. */
export function frames(received: Buffer): { readonly data: string; readonly ended: boolean } {
  let data = "";
  let ended = false;
  for (let at = 0; at + 9 <= received.length;) {
    const size = received.readUIntBE(at, 3);
    const type = received.readUInt8(at + 3);
    const flags = received.readUInt8(at + 4);
    if (at + 9 + size > received.length) break;
    if (type === types.data) data += received.subarray(at + 9, at + 9 + size).toString("latin1");
    const isLast = (type === types.data || type === types.headers) && (flags & endStream) !== 0;
    if (isLast || type === types.reset || type === types.goAway) ended = true;
    at += 9 + size;
  }
  return { data, ended };
}
