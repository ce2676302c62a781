import assert from "node:assert/strict";
import { BoxError, parseBox, type Box } from "../../box/index.ts";
import { edit, type Changes } from "./edit.ts";
import { protoboxFiles, protoboxKnownHosts, protoboxValues } from "./protobox.ts";

/** What a case gives to the parser beside changes of the Protobox's configuration. */
export interface Files {
  /** Texts of files by path, beside those of the Protobox; others cannot be read. */
  readonly files?: Readonly<Record<string, string>>;
  /** Instead of a key for every host; `null`: none is given, so the configuration says where they are. */
  readonly knownHosts?: string | null;
}

/** Parses the Protobox with changes. */
export function parseProtobox(
  changes: Changes = {},
  { files = {}, knownHosts = protoboxKnownHosts() }: Files = {},
): Box {
  const values = edit(protoboxValues(), changes);
  const given = knownHosts === null ? {} : { knownHosts };
  return parseBox({ name: "protobox", values, readFile: (path) => ({ ...protoboxFiles, ...files })[path], ...given });
}

/** The lines `path: message` that the parser answers with; none when there is no violation. */
export function violationsOf(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    assert.ok(error instanceof BoxError, `not a BoxError: ${String(error)}`);
    return error.violations.map(({ path, message }) => `${path}: ${message}`);
  }
}
