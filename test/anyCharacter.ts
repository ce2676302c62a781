import fc from "fast-check";

/** How many there are in the middle that stand for no character of their own. */
const surrogates = { from: 0xd800, count: 0x800 };

/**
 * Any character of Unicode. What fast-check's own unit `binary` gives, without the table of a million entries that it makes for
 * it, which takes seconds.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff - surrogates.count })
  .map((index) => String.fromCodePoint(index < surrogates.from ? index : index + surrogates.count));
