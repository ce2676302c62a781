/** What it is to take away the mechanism that keeps users from noticing a fault, and how that is done on the lab's hosts. */
import { scriptFile } from "../../../lab/scriptFile.ts";
import type { Fault } from "../fault.ts";

/** A script for a host that must succeed. */
export interface Step {
  /** What it is called in errors. */
  readonly name: string;
  /** Its text: a line, or a file of this directory. */
  readonly script: string;
  readonly args: readonly string[];
}

export interface Ablation {
  /** Name of the fault that users must notice then. */
  readonly fault: string;
  /** What is taken away, in words that follow "without". */
  readonly mechanism: string;
  /** Beginning of the finding whose bound must break, or of what breaking it says when that fails. */
  readonly breaks: string;
  /** The hosts that the steps run on: those that take it away before the fault, those that restore it in the end. */
  readonly hosts: readonly string[];
  readonly remove: readonly Step[];
  readonly restore: readonly Step[];
  /** The fault otherwise: for what can be taken away only while it happens. */
  readonly change?: (fault: Fault) => Fault;
}

type Steps = Pick<Ablation, "remove" | "restore">;

/** A step of one line. */
export function line(script: string): Step {
  return { name: script, script, args: [] };
}

function step(file: string, ...args: readonly string[]): Step {
  return { name: [file, ...args].join(" "), script: scriptFile(import.meta.dirname, file), args };
}

/**
 * Edits files of an assembly's live tree with sed(1), until they are put back.
 *
 * @param tree directory, or a link to it
 * @param files pattern of files inside the tree
 * @param reread command that makes the programs read them again
 */
export function edited(tree: string, files: string, sed: string, reread: readonly string[]): Steps {
  return {
    remove: [step("edit.sh", tree, files, sed, ...reread)],
    restore: [step("put-back.sh", tree, files, ...reread)],
  };
}

/** Gives a service of systemd a drop-in, until that is taken away. */
export function dropIn(unit: string, lines: readonly string[]): Steps {
  return { remove: [step("drop-in.sh", unit, lines.join("\n"))], restore: [step("drop-in-away.sh", unit)] };
}

/** Stops a service, until it is started again. */
export function stopped(unit: string): Steps {
  return { remove: [line(`systemctl stop ${unit}`)], restore: [line(`systemctl start ${unit}`)] };
}

/** What is done both after something is taken away and after it is restored. */
export function eachTime(script: string): Steps {
  return { remove: [line(script)], restore: [line(script)] };
}

/**
 * Adds a table of nft(8) in the host's network, until it is deleted; deleting one that is not there is no error.
 *
 * @param table family and name
 * @param chains what is in it
 */
export function tableAdded(table: string, chains: string): Steps {
  return { remove: [step("table.sh", table, chains)], restore: [withoutTable(table)] };
}

/** Deletes a table of nft(8), if there is one. */
export function withoutTable(table: string): Step {
  return step("table-away.sh", table);
}

/** One after the other; restored in the same order. */
export function all(...steps: readonly Steps[]): Steps {
  return {
    remove: steps.flatMap(({ remove }) => remove),
    restore: steps.flatMap(({ restore }) => restore),
  };
}
