import { show } from "../../box/printable.ts";
import { parseBox } from "../../box/parse.ts";
import { BoxError } from "../../box/violations.ts";
import type { Entry } from "./entry.ts";
import { FILL_IN, NoteKind, type Note } from "./notes.ts";

/**
 * Why what the documents say of a host has no place in a stack file. Only the values of these keys are shown: any other
 * may be a secret, whatever its name is.
 */
const explanations: ReadonlyMap<string, string> = new Map([
  ["arch", "a host says it itself"],
  ["os", "a host says it itself"],
  ["roles", "what a host is for follows from its pools"],
  ["network_manager", "a stack file has no choice of it"],
]);

/** Everything that nobody has read; the same key of several hosts is reported once. */
export function leftBehind(files: readonly Entry[]): Note[] {
  const byKey = new Map<string, Entry[]>();
  for (const entry of files.flatMap((file) => [...file.unread()])) {
    const hasName = typeof entry.steps.at(-1) === "string";
    const key = hasName ? entry.key : entry.path;
    byKey.set(key, [...(byKey.get(key) ?? []), entry]);
  }
  return [...byKey.values()].flatMap((entries) => {
    const [first] = entries;
    if (!first) return [];
    const rest = entries.length === 1 ? "" : `, and ${entries.length - 1} more of this name`;
    const known = explanations.get(first.key);
    const value = known === undefined || typeof first.peek() === "object" ? "" : `${show(first.peek())} `;
    const why = known ?? "nothing in a stack file says this; see whether something else must do it";
    return [{ kind: NoteKind.Left, path: first.path, message: `${value}is left out${rest}: ${why}` }];
  });
}

/** What a preview says about a stack file as it is, but for what is to be filled in, and host keys. */
export function refused(sections: Readonly<Record<string, unknown>>): Note[] {
  try {
    parseBox({ name: "imported", values: sections, readFile: () => undefined, knownHosts: "" });
    return [];
  } catch (error) {
    if (!(error instanceof BoxError)) throw error;
    const news = error.violations.filter(
      ({ path, message }) => !/^hosts\..*\.hostKey$/.test(path) && !message.includes(FILL_IN),
    );
    return news.map(({ path, message }) => ({ kind: NoteKind.Refused, path, message }));
  }
}
