import pLimit from "p-limit";

/**
 * Asks for each of some things before the tests of a suite, many at once: what nobody answers costs nothing but time.
 *
 * @param atOnce how many are asked for at a time
 * @returns the answer for one of them; asked for again, as by the second try of a test, it is a new one
 */
export function askedAtOnce<Key, Answer>(
  keys: readonly Key[],
  ask: (key: Key) => Promise<Answer>,
  atOnce = keys.length,
): (key: Key) => Promise<Answer> {
  const answers = new Map<Key, Answer>();
  before(async () => {
    const limit = pLimit(atOnce);
    await Promise.all(keys.map((key) => limit(async () => answers.set(key, await ask(key)))));
  });
  return async (key) => {
    const answer = answers.get(key);
    answers.delete(key);
    return answer ?? ask(key);
  };
}
