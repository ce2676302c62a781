import { pathOf, type PathStep } from "../violations.ts";

/** What stands in the stack file where the inventory says nothing. No section takes it, so a preview refuses it. */
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
  /** The value, the rule and the way out, in one line. */
  readonly message: string;
}

/** A comment in the stack file, above the line at this path. */
export interface Remark {
  readonly steps: readonly PathStep[];
  readonly text: string;
}

/** Collects what is told while an inventory is read. */
export class Notes {
  readonly list: Note[] = [];
  readonly remarks: Remark[] = [];

  /**
   * Tells that something was read otherwise than it is written; the same is told once.
   *
   * @param steps the line of the stack file that a person decides about, if it wants a comment
   */
  changed(path: string, message: string, steps?: readonly PathStep[]): void {
    if (steps) this.remarks.push({ steps, text: message });
    const told = this.list.some((note) => note.kind === NoteKind.Changed && note.message === message);
    if (!told) this.list.push({ kind: NoteKind.Changed, path, message });
  }

  /** Tells what a person has to add, and marks the line. Returns what stands there until then. */
  fill(steps: readonly PathStep[], message: string): string {
    this.check(steps, message);
    return FILL_IN;
  }

  /** The same for a line that has a value to look at, or may stay away. */
  check(steps: readonly PathStep[], message: string): void {
    this.list.push({ kind: NoteKind.Fill, path: pathOf(...steps), message });
    this.remarks.push({ steps, text: `TO FILL IN: ${message}` });
  }
}

const titles: Readonly<Record<NoteKind, string>> = {
  [NoteKind.Fill]: `To fill in or to look at (a preview refuses ${FILL_IN})`,
  [NoteKind.Changed]: "Read otherwise than written",
  [NoteKind.Left]: "Left behind",
  [NoteKind.Refused]: "A preview will say",
};

/** What was told, for a terminal. */
export function notesText(notes: readonly Note[]): string {
  const parts = Object.values(NoteKind).map((kind) => {
    const lines = notes.filter((note) => note.kind === kind).map(({ path, message }) => `  ${path}: ${message}\n`);
    return lines.length === 0 ? "" : `${titles[kind]}:\n${lines.join("")}`;
  });
  return parts.join("");
}
