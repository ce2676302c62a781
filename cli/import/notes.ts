import type { Remark } from "../stackFile/stackFileText.ts";
import { pathTo, type PathStep } from "../../box/violations.ts";

/**
 * What a search in the stack file finds: as a value where the inventory says nothing, which no section takes, so a preview
 * refuses it; in a comment above each line that wants a look.
 */
export const FILL_IN = "TO-FILL-IN";

/** What a person must know about an import, by what it asks of them. */
export const NoteKind = {
  /** The inventory does not say it, and the stack file has a line for it. */
  Fill: "fill",
  /** The stack file says something else than the inventory, or the inventory contradicts itself. */
  Changed: "changed",
  /** It stands in the inventory and not in the stack file. */
  Left: "left",
  /** What a preview says about the stack file as it is. */
  Refused: "refused",
} as const;
export type NoteKind = (typeof NoteKind)[keyof typeof NoteKind];

/** One thing to know. */
export interface Note {
  readonly kind: NoteKind;
  /** Of the inventory with its file, or of the stack file (`apps.argocd.namespace`). */
  readonly path: string;
  /** The value, the rule and a hint, in one line. */
  readonly message: string;
}

/** What is reported, and at how many places it is the same. */
interface Reported extends Note {
  readonly places: Set<string>;
}

/** Collects what is reported while an inventory is read. */
export class Notes {
  readonly remarks: Remark[] = [];
  readonly #reported: Reported[] = [];

  /** Everything so far. What is the same of several places stands at the first of them, with the number of the others. */
  get list(): Note[] {
    return this.#reported.map(({ kind, path, message, places }) => {
      const more = places.size - 1;
      return {
        kind,
        path,
        message: more === 0 ? message : `${message} (and ${more} more ${more === 1 ? "place" : "places"})`,
      };
    });
  }

  /**
   * Tells that something was read otherwise than it is written.
   *
   * @param steps the line of the stack file that a person decides about, if it wants a comment
   */
  changed(path: string, message: string, steps?: readonly PathStep[]): void {
    if (steps) this.remarks.push({ steps, text: message });
    const same = this.#reported.find((note) => note.kind === NoteKind.Changed && note.message === message);
    if (same) same.places.add(path);
    else this.#tell(NoteKind.Changed, path, message);
  }

  /** Tells that something is not in the stack file. */
  left(path: string, message: string): void {
    this.#tell(NoteKind.Left, path, message);
  }

  #tell(kind: NoteKind, path: string, message: string): void {
    this.#reported.push({ kind, path, message, places: new Set([path]) });
  }

  /** Tells what a person has to add, and marks the line. Returns what stands there until then. */
  fill(steps: readonly PathStep[], message: string): string {
    this.check(steps, message);
    return FILL_IN;
  }

  /** The same for a line that has a value to look at, or may stay away. */
  check(steps: readonly PathStep[], message: string): void {
    this.#tell(NoteKind.Fill, pathTo(steps), message);
    this.remarks.push({ steps, text: `${FILL_IN}: ${message}` });
  }
}

const titles: Readonly<Record<NoteKind, string>> = {
  [NoteKind.Fill]: `To fill in or to look at (search the stack file for ${FILL_IN})`,
  [NoteKind.Changed]: "Read otherwise than written",
  [NoteKind.Left]: "Left behind",
  [NoteKind.Refused]: "A preview will say",
};

/** What was reported, for a terminal. */
export function notesText(notes: readonly Note[]): string {
  const parts = Object.values(NoteKind).map((kind) => {
    const lines = notes.filter((note) => note.kind === kind).map(({ path, message }) => `  ${path}: ${message}\n`);
    return lines.length === 0 ? "" : `${titles[kind]}:\n${lines.join("")}`;
  });
  return parts.join("");
}
