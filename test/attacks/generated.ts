/** Inputs that are generated the same in every run: a failure can be looked at again. */

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of some. */
export function oneOf<T>(random: () => number, some: readonly T[]): T {
  const found = some[Math.floor(random() * some.length)];
  if (found === undefined) throw new Error("there is nothing to choose from");
  return found;
}

/** In some letter case. */
export function anyCase(random: () => number, text: string): string {
  const how = Math.floor(random() * 4);
  if (how === 0) return text;
  if (how === 1) return text.toUpperCase();
  if (how === 2) return text.toLowerCase();
  return text.replace(/[a-z]/gi, (letter) => (random() < 0.5 ? letter.toUpperCase() : letter.toLowerCase()));
}

/** In lists of at most `size`. */
export function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
