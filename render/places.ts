/** Where the assemblies of a host have their places. */
import { name } from "./scalars.ts";

/** The tree that an assembly's programs run from: a link to the generation in force. */
export function treeOf(assembly: string): string {
  return `/etc/gatebox/${name(assembly, "assembly")}`;
}

/**
 * Where the scripts of an assembly note what its running programs were started with and have loaded. It is gone after a
 * boot, which costs one reload and nothing else.
 */
export function notesOf(assembly: string): string {
  return `/run/gatebox/${name(assembly, "assembly")}`;
}
