import { bounded, show } from "./printable.ts";

/** More names than this are not listed in a message: a reader would not find the right one among them. */
const LONGEST_LIST = 8;

/**
 * The number of edits between two words: insertions, deletions, replacements, and swaps of neighbours (the restricted
 * Damerau–Levenshtein distance). Swaps count once because they are the commonest slip: `arogcd` for `argocd`.
 */
export function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let edits = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) edits = Math.min(edits, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(edits);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/**
 * The candidate that was probably meant, or nothing. A third of the letters may differ, without regard to case; of
 * equally near candidates the first wins.
 *
 * @example
 * nearest("argocd", ["arogcd", "dash"]); // "arogcd"
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const allowed = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (Math.abs(word.length - candidate.length) > allowed) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * What to write instead of an unknown word, as an end for a message: the near miss, else the words there are.
 *
 * @example
 * suggestion("argocd", ["arogcd"]); // ` (did you mean "arogcd"?)`
 */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const known = [...candidates];
  const meant = nearest(word, known);
  if (meant !== undefined) return ` (did you mean ${show(meant)}?)`;
  if (known.length === 0) return "";
  const more = known.length > LONGEST_LIST ? `, … ${known.length - LONGEST_LIST} more` : "";
  return ` (known: ${known.slice(0, LONGEST_LIST).map(bounded).join(", ")}${more})`;
}
