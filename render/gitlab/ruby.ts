/** Values as Ruby reads them, in single quotes: nothing in these is ever run. */

/** A value of a line of `gitlab.rb`. */
export type RubyValue =
  | string
  | number
  | boolean
  | readonly RubyValue[]
  | { readonly [key: string]: RubyValue }
  /** What a file holds, read when the line is. */
  | FileText
  /** Permissions of files. */
  | Mode;

class FileText {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

class Mode {
  readonly bits: number;
  constructor(bits: number) {
    this.bits = bits;
  }
}

/** What a file holds but for its line end, for secrets: the line names the file alone. */
export function textOf(path: string): RubyValue {
  return new FileText(path);
}

/** Permissions, which are written in octal. */
export function mode(bits: number): RubyValue {
  return new Mode(bits);
}

/**
 * A value as Ruby's literal. In single quotes nothing but `\` and `'` has a meaning, so `#{}` is text.
 *
 * @throws Error for a text with control characters, and for a number that is not whole.
 * @example ruby(["it's", 587]) // "['it\\'s', 587]"
 */
export function ruby(value: RubyValue): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error(`gitlab.rb: ${value} is no whole number`);
    return String(value);
  }
  if (value instanceof FileText) return `File.read(${quoted(value.path)}).chomp`;
  if (value instanceof Mode) return `0${value.bits.toString(8)}`;
  if (Array.isArray(value)) return `[${(value as readonly RubyValue[]).map(ruby).join(", ")}]`;
  const entries = Object.entries(value as Readonly<Record<string, RubyValue>>);
  return `{ ${entries.map(([key, one]) => `${symbol(key)}: ${ruby(one)}`).join(", ")} }`;
}

function quoted(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must not stand there
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new Error(`gitlab.rb: ${JSON.stringify(text)} has control characters`);
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

function symbol(key: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(key)) throw new Error(`gitlab.rb: ${JSON.stringify(key)} is no key`);
  return key;
}
