/** What makes the next `up` put right what has drifted, and nothing else. */
import type { BoxDrift, Drift } from "./drift.ts";
import type { ServiceDrift } from "./services.ts";

/** What is to be done about the drift of a box. */
export interface Repairs {
  /** Command lines, each of which has the next `up` put one unit of one host, or one Service, right. */
  readonly commands: readonly string[];
  /** What no `up` does. */
  readonly byHand: readonly string[];
}

/** Those that `up` has nothing to do with: what is somebody's own, or stands in no tree. */
const hands = new Set(["drop-in", "replaced", "foreign"]);

/** The stack whose box it is. */
export interface RepairedStack {
  readonly stack: string;
  readonly project: string;
}

/**
 * Command lines that mark each unit with drift in the stack file (`hosts.NAME.repair`). Another text there is another command of
 * the unit's resource, so that `up` runs it again; the state is not touched. A Service that has gone from the cluster is one that Pulumi
 * is told of; one with another value is put right by kubectl.
 *
 * @param mark a text that was not there before: the time
 */
export function repairsOf(
  { box, hosts, services }: BoxDrift,
  { stack, project }: RepairedStack,
  mark: string,
): Repairs {
  const of = isPlain(stack) ? `--stack ${stack} ` : "";
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
  const ofServices = services.drifts.map((drift) => ({ drift, command: serviceRepair(drift, { stack, project }) }));
  return {
    commands: [...marked, ...ofServices.flatMap(({ command }) => command ?? [])],
    byHand: [...byHand, ...ofServices.filter(({ command }) => command === undefined).map(({ drift }) => named(drift))],
  };
}

function named({ name, namespace, detail }: ServiceDrift): string {
  return `Service ${namespace}/${name}${detail === "" ? "" : ` (${detail})`}`;
}

/** One that has gone is made by `up` when Pulumi knows; what somebody has written into one is theirs to Kubernetes, and `up` leaves it. */
function serviceRepair(
  { name, namespace, problem, patch }: ServiceDrift,
  { stack, project }: RepairedStack,
): string | undefined {
  if (![stack, project, name, namespace].every(isPlain)) return undefined;
  if (problem === "missing") {
    const urn = `urn:pulumi:${stack}::${project}::gatebox:index:ExposedService$kubernetes:core/v1:Service::${name}-service`;
    return `pulumi refresh --stack ${stack} --yes --target '${urn}'`;
  }
  return patch === undefined
    ? undefined
    : `kubectl patch service ${name} --namespace ${namespace} --type=merge --patch '${patch}'`;
}

/** Whether a name may stand in a command line as it is. */
function isPlain(name: string): boolean {
  return /^[\w.-]+$/.test(name);
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
