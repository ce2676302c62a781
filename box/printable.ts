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

/** All up to the last "@" of a word, which a URL may also write as "%40". Quotes do not end it: not every message escapes them. */
const upToAt = String.raw`\S*(?:@|%40)`;

/** Who asks, before the host of a URL; a user with a password also where the scheme has been forgotten. Digests are not meant. */
const userOfUrl = new RegExp(
  String.raw`(:\/\/)${upToAt}(?!sha256:)|(?<![^\s"'\[({=,])[^\s"'\[({=,:/@]+:(?!\/\/)${upToAt}(?!sha256:)`,
  "g",
);

/** What a URL asks for: a token may stand there. A quote is part of it where nothing ends behind it. */
const queryOfUrl = /(:\/\/[^\s?#]*)[?#](?:\\.|[^\s"\\]|"(?![\s,\]}:]|$))+/g;

/** Nothing that is shown is this long. */
const LONGEST_SEARCHED = 4000;

/** The start of a text of someone else's without the passwords and tokens of URLs that stand in it, whatever the value that they stand in. */
export function withoutSecrets(text: string): string {
  const start = text.slice(0, LONGEST_SEARCHED);
  return start
    .replace(userOfUrl, (_all, scheme: string | undefined) => `${scheme ?? ""}…@`)
    .replace(queryOfUrl, "$1?…");
}

/**
 * Writes a value the way that messages show it: texts in quotes, everything on one line, cut where it gets long, passwords of
 * URLs left out.
 *
 * @example
 * show("a\tb"); // `"a\\tb"`
 */
export function show(value: unknown): string {
  return bounded(withoutSecrets(value === undefined ? "nothing" : JSON.stringify(value)));
}
