/** One file of a unit, as it will stand on the host. */
export interface UnitFile {
  /** Relative to the assembly's tree, for example `haproxy/routes/30165.cfg`. */
  readonly path: string;
  /** The whole text. A last line without a line end gets one. */
  readonly text: string;
  /** Four octal digits. Default: `0644`. */
  readonly mode?: string;
}

/** The files that one unit has in an assembly. A file belongs to one unit only. */
export interface Unit {
  /** The tree that is checked and switched as a whole, for example `gateway`. */
  readonly assembly: string;
  /** Unique in the assembly, also among the units of other stacks, for example `protobox.argocd`. */
  readonly unit: string;
  readonly files: readonly UnitFile[];
}

const NAME = /^[a-z0-9][a-z0-9.-]*$/;
const PATH = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9._-]+)*$/;
const DOTS = /(^|\/)\.\.?(\/|$)/;
const MODE = /^0[0-7]{3}$/;
/** File systems of Linux take no longer names (NAME_MAX of limits.h). */
const NAME_MAX = 255;

/**
 * What is wrong with a unit apart from its texts, in full sentences; empty when all is well. The runtime on the host
 * enforces the same rules.
 */
export function unitViolations(unit: Omit<Unit, "files"> & { files: readonly Omit<UnitFile, "text">[] }): string[] {
  const violations: string[] = [];
  for (const kind of ["assembly", "unit"] as const) {
    const name = unit[kind];
    if (!NAME.test(name) || name.length > NAME_MAX) {
      violations.push(`${kind} ${JSON.stringify(name)}: use lower-case letters, digits, dots and hyphens`);
    }
  }
  const seen = new Set<string>();
  for (const { path, mode } of unit.files) {
    const shown = `file ${JSON.stringify(path)}`;
    if (!PATH.test(path) || DOTS.test(path) || path.split("/").some((part) => part.length > NAME_MAX)) {
      violations.push(`${shown}: give a path inside the tree, such as haproxy/routes/30165.cfg`);
    }
    if (seen.has(path)) violations.push(`${shown}: is given twice`);
    if (mode !== undefined && !MODE.test(mode)) {
      violations.push(`${shown}: mode ${JSON.stringify(mode)} is not four octal digits such as 0644`);
    }
    seen.add(path);
  }
  for (const path of seen) {
    for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
      if (seen.has(path.slice(0, slash))) {
        violations.push(
          `file ${JSON.stringify(path)}: ${path.slice(0, slash)} is a file, it cannot be a directory too`,
        );
      }
    }
  }
  return violations;
}

/** What is wrong with a file's text; never quotes it, for it may be secret. */
export function textViolations({ path, text }: UnitFile): string[] {
  if (text.includes("\0")) return [`file ${JSON.stringify(path)}: a text file cannot hold a NUL character`];
  if (!text.isWellFormed()) return [`file ${JSON.stringify(path)}: the text holds half a character (a lone surrogate)`];
  return [];
}

/**
 * The text that carries a unit to its host, on the standard input of the runtime. A reviewer reads it as a line diff in
 * `pulumi preview`, so files are in order of their paths and each line of a file is one line.
 *
 * @throws Error that lists every violation, if the unit breaks a rule.
 * @example
 * payload({ assembly: "gateway", unit: "protobox.argocd", files: [{ path: "border/ports/30165.nft", text: "30165,\n" }] })
 */
export function payload(unit: Unit): string {
  const violations = [...unitViolations(unit), ...unit.files.flatMap(textViolations)];
  if (violations.length > 0) throw new Error(violations.join("\n"));
  const files = [...unit.files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = ["gatebox-unit 1", `assembly ${unit.assembly}`, `unit ${unit.unit}`];
  for (const { path, text, mode } of files) {
    lines.push(`file ${path} ${mode ?? "0644"}`);
    const body = text.endsWith("\n") ? text.slice(0, -1) : text;
    if (text !== "") for (const line of body.split("\n")) lines.push(`|${line}`);
  }
  lines.push("end", "");
  return lines.join("\n");
}
