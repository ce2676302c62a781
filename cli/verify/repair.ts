/** What makes the next `up` put right what has drifted, and nothing else. */
import type { BoxDrift, Drift } from "./drift.ts";

/** What is to be done about the drift of a box. */
export interface Repairs {
  /** Command lines, each of which has one unit of one host applied again by the next `up`. */
  readonly commands: readonly string[];
  /** What no `up` does. */
  readonly byHand: readonly string[];
}

/** Those that `up` has nothing to do with: what is somebody's own, or stands in no tree. */
const hands = new Set(["drop-in", "replaced", "foreign"]);

/**
 * Command lines that mark each unit with drift in the stack file (`hosts.NAME.repair`). Another text there is another command of
 * the unit's resource, so that `up` runs it again; the state is not touched.
 *
 * @param stack the name of the stack
 * @param mark a text that was not there before: the time
 */
export function repairsOf({ box, hosts }: BoxDrift, stack: string, mark: string): Repairs {
  const of = /^[\w.-]+$/.test(stack) ? `--stack ${stack} ` : "";
  const marked = hosts.flatMap(({ host, drifts }) => {
    const names = new Set(drifts.flatMap((drift) => unitOf(drift, `${box}.pool`) ?? []));
    return [...names].sort().map((name) => {
      const place = `gatebox:hosts["${host}"].repair["${name}"]`;
      return `pulumi config set ${of}--path '${place}' ${mark}`;
    });
  });
  const byHand = hosts.flatMap(({ host, drifts }) =>
    drifts.flatMap((drift) => {
      if (drift.problem === "unapplied" || unitOf(drift, `${box}.pool`) !== undefined) return [];
      const { kind, where, detail } = drift;
      return [`${host}: ${kind} ${where}${detail === "" ? "" : ` (${detail})`}`];
    }),
  );
  return { commands: marked, byHand };
}

/** The unit whose resource puts it right; undefined where none does, or the next `up` does so anyhow. */
function unitOf({ kind, assembly, unit, where, problem }: Drift, pool: string): string | undefined {
  if (kind === "package") return "packages";
  if (kind === "file" && where === "/usr/local/lib/gatebox/unit.sh") return "runtime";
  if (assembly === "" || problem === "unapplied" || problem === "undeclared") return undefined;
  if (hands.has(problem) && kind !== "link") return undefined;
  const name = `${assembly}/${unit === "" ? pool : unit}`;
  // A host's own word, which goes into a command line.
  return /^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*$/.test(name) ? name : undefined;
}

/** The repairs for a person, who may run them in a shell. */
export function repairText({ commands, byHand }: Repairs): string {
  const hand = byHand.map((line) => `# by hand: ${line}\n`).join("");
  if (commands.length === 0) return `${hand}# Nothing is marked: no up has anything to put right.\n`;
  return `${hand}${commands.map((line) => `${line}\n`).join("")}# and then: pulumi up\n`;
}
