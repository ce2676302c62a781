import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { BoxError, inspectBox, notPlainData, parseBox, type Box, type BoxInput } from "../box/index.ts";
import { portConflicts } from "../render/portConflicts.ts";
import { registry } from "../render/registry.ts";

/**
 * Reads a box by every rule, those of the programs on its hosts included. Files that it names are looked for where the program
 * runs; host keys come from the file that $GATEBOX_KNOWN_HOSTS names where it is set.
 *
 * @throws BoxError with all violations at once.
 */
export function checkedBox({ name, values }: Pick<BoxInput, "name" | "values">): Box {
  const subject = `The configuration of box "${name}"`;
  const notPlain = [...notPlainData(values)];
  if (notPlain.length > 0) throw new BoxError(subject, notPlain);
  const knownHosts = process.env["GATEBOX_KNOWN_HOSTS"];
  const given = knownHosts === undefined ? {} : { knownHosts: read(knownHosts) ?? "" };
  const box = withOrWithoutHostKeys({ name, values, readFile: read, ...given });
  const conflicts = portConflicts(registry, box);
  if (conflicts.length > 0) throw new BoxError(subject, conflicts);
  return box;
}

/**
 * A preview connects to no host, so whoever reviews a change needs no host keys: where there is none at all, they are left out.
 * One that is missing beside others is a mistake.
 */
function withOrWithoutHostKeys(input: BoxInput): Box {
  try {
    return parseBox(input);
  } catch (error) {
    const box = pulumi.runtime.isDryRun() ? withoutHostKeys(input) : undefined;
    if (box === undefined) throw error;
    void pulumi.log.warn("host keys: none is known, which is enough for a preview; up needs that of every host");
    return box;
  }
}

function withoutHostKeys(input: BoxInput): Box | undefined {
  const { box } = inspectBox({ ...input, hostKeys: "optional" });
  const known = Object.values(box?.hosts ?? {}).some(({ connection }) => connection?.hostKey !== undefined);
  return known ? undefined : box;
}

/** Logs what is sound but hardly meant. Warnings of a box are shown once, by whoever has read it. */
export function showWarnings({ warnings }: Box): void {
  for (const warning of warnings) void pulumi.log.warn(warning);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
