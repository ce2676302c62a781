import { bounded, show } from "./printable.ts";

/** More names than this are not listed in a message: a reader would not find the right one among them. */
const LONGEST_LIST = 8;

/**
 * The number of edits between two words: insertions, deletions, replacements, and swaps of neighbours (the restricted
 * Damerau–Levenshtein distance). Swaps count once because they are the commonest slip: `arogcd` for `argocd`.
 */
export function editDistance(left: string, right: string): number {
  const [shorter, longer] = withoutCommonEnds(left, right);
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: longer.length + 1 }, (_, column) => column);
  for (let row = 1; row <= shorter.length; row++) {
    const current = [row];
    for (let column = 1; column <= longer.length; column++) {
      const same = shorter[row - 1] === longer[column - 1];
      let edits = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && shorter[row - 1] === longer[column - 2] && shorter[row - 2] === longer[column - 1];
      if (swapped) edits = Math.min(edits, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(edits);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[longer.length] ?? 0;
}

/** What two words begin and end with alike costs no edit: names of a kind (`database-1`, `database-2`) share most of it. */
function withoutCommonEnds(left: string, right: string): readonly [shorter: string, longer: string] {
  const [shorter, longer] = left.length <= right.length ? [left, right] : [right, left];
  let begin = 0;
  while (begin < shorter.length && shorter[begin] === longer[begin]) begin++;
  let end = 0;
  while (end < shorter.length - begin && shorter.at(-1 - end) === longer.at(-1 - end)) end++;
  return [shorter.slice(begin, shorter.length - end), longer.slice(begin, longer.length - end)];
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
  const wanted = word.toLowerCase();
  for (const candidate of candidates) {
    const allowed = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    // No word is nearer than by how much its length differs.
    const least = Math.abs(word.length - candidate.length);
    if (least > allowed || least >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
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
