/** Longer values are cut in messages. */
const LONGEST_VALUE = 80;

/** Control characters, and those that reorder or hide text or end a line; also halves of a character that was cut in two. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text of someone else's with nothing in it that a terminal obeys: such characters are written out. */
export function printable(text: string): string {
  return text.replace(
    unprintable,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

/** The same, cut where it gets long. */
export function bounded(text: string): string {
  return printable(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
}

/**
 * Writes a value the way that messages show it: texts in quotes, everything on one line, cut where it gets long.
 *
 * @example
 * show("a\tb"); // `"a\\tb"`
 */
export function show(value: unknown): string {
  return bounded(value === undefined ? "nothing" : JSON.stringify(value));
}
